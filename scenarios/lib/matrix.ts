import faultTookHold from '../../assertions/fault-took-hold.ts';
import loadAchieved from '../../assertions/load-achieved.ts';
import partsStayedUp from '../../assertions/parts-stayed-up.ts';
import { blackhole } from '../../faults/blackhole.ts';
import { down } from '../../faults/down.ts';
import { latency } from '../../faults/latency.ts';
import { reset } from '../../faults/reset.ts';
import type { Edge, Fault, Scenario, ServiceEnvironment, System } from '../../harness/contracts.ts';

/** What every edge is tried with; latency below and above what the edge's caller waits. */
export const MATRIX_FAULTS = ['down', 'blackhole', 'latency-below', 'latency-above', 'reset'] as const;
export type MatrixFault = (typeof MATRIX_FAULTS)[number];

/** One fault on one edge; neither = nothing is broken. */
export type MatrixCell =
  | { readonly edge: string; readonly fault: MatrixFault }
  | { readonly edge?: never; readonly fault?: never };

export interface MatrixLength {
  readonly rate: number;
  readonly phases: Scenario['phases'];
}

/** An edge whose caller waits for ever is tried with the latencies of one that waits so long. */
const PATIENCE_MS = 1000;
/** A fault lasts so many time-outs of the edge's caller at least. */
const WAITS = 2.4;
/** Latency above a time-out goes beyond it by its half, and no further than this: it must show within a short phase. */
const MOST_BEYOND_MS = 1000;

/**
 * Edges that are called only when something else fails, and what has to fail for them to be called; by edge. With three
 * charges in ten failing, the breaker seldom sees the five in a row that open it.
 */
const EXERCISED: Readonly<Record<string, ServiceEnvironment>> = {
  'payment-to-backup': { 'stripe-api': { PROVIDER_ERROR_PERCENT: '30' } },
};

/**
 * The scenario of one cell of the matrix, as data. Every route gets the same share of the load, so that a short
 * phase has as many requests of the rarest as of the most frequent.
 * @param base whose system, client time-out and habits it has
 */
export function matrixScenario(base: Scenario, cell: MatrixCell, { rate, phases }: MatrixLength): Scenario {
  const { system } = base;
  const environment = merged(base.environment ?? {}, EXERCISED[cell.edge ?? ''] ?? {});
  const common = {
    system: { ...system, traffic: system.traffic.map((route) => ({ ...route, weight: 1 })) },
    load: { ...base.load, rate },
    phases,
    environment,
  };
  if (cell.edge === undefined) {
    return {
      ...common,
      title: 'Nothing is broken',
      hypothesis: 'Without a fault every route answers as in its baseline.',
      faults: [],
      assertions: [partsStayedUp.with({}), loadAchieved.with({})],
    };
  }
  const fault = matrixFault(system, cell.edge, cell.fault);
  return {
    ...common,
    phases: { ...phases, faultS: Math.max(phases.faultS, leastFaultS(system, cell)) },
    title: `${fault.title} on ${cell.edge}`,
    hypothesis: `With ${fault.title} on ${cell.edge} no route is affected.`,
    faults: [{ on: cell.edge, fault }],
    assertions: [partsStayedUp.with({}), loadAchieved.with({}), faultTookHold.with({})],
  };
}

/** Whether the system is run otherwise where this edge is broken, so that a run without a fault predicts nothing of it. */
export function isRunOtherwise(edge: string): boolean {
  return EXERCISED[edge] !== undefined;
}

/** The fault of a cell; an unknown edge waits like any other, and `validate` refuses the scenario. */
export function matrixFault(system: Pick<System, 'edges'>, edge: string, kind: MatrixFault): Fault {
  const timeoutMs = system.edges.find(({ id }) => id === edge)?.timeoutMs ?? PATIENCE_MS;
  switch (kind) {
    case 'down':
      return down();
    case 'blackhole':
      return blackhole();
    case 'reset':
      return reset();
    case 'latency-below':
      return latency({ latencyMs: belowMs(timeoutMs) });
    case 'latency-above':
      return latency({ latencyMs: aboveMs(timeoutMs) });
  }
}

/** The kind of a fault that a run had on the edge; undefined when no cell of the matrix has such a one. */
export function kindOf(
  edge: Edge,
  id: string,
  parameters: Readonly<Record<string, number>>,
): MatrixFault | undefined {
  if (id === 'down' || id === 'blackhole' || id === 'reset') return id;
  if (id !== 'latency') return undefined;
  return (parameters['latencyMs'] ?? 0) < (edge.timeoutMs ?? PATIENCE_MS) ? 'latency-below' : 'latency-above';
}

/**
 * How long the fault must last for most requests to be given up while it does: those that still wait when it ends get an
 * answer after all.
 */
function leastFaultS({ edges }: System, { edge, fault }: MatrixCell): number {
  if (fault !== 'blackhole' && fault !== 'latency-above') return 0;
  return Math.ceil((WAITS * (edges.find(({ id }) => id === edge)?.timeoutMs ?? 0)) / 1000);
}

function belowMs(timeoutMs: number): number {
  return Math.max(1, Math.round(timeoutMs / 2));
}

function aboveMs(timeoutMs: number): number {
  return timeoutMs + Math.min(Math.ceil(timeoutMs / 2), MOST_BEYOND_MS);
}

function merged(one: ServiceEnvironment, two: ServiceEnvironment): ServiceEnvironment {
  const services = new Set([...Object.keys(one), ...Object.keys(two)]);
  return Object.fromEntries([...services].map((service) => [service, { ...one[service], ...two[service] }]));
}
