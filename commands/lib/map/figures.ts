import type { CallStats, MapEdge, MapNode, ServiceMap } from '../../../analysis/service-map/service-map.ts';
import { number } from '../../../reports/lib/text.ts';

/** `16.5/s`; what comes less than ten times a second with two digits that say something. */
export function rate({ ratePerS }: CallStats): string {
  return `${ratePerS >= 10 ? number(ratePerS, 1) : ratePerS.toLocaleString('en-US', { maximumSignificantDigits: 2 })}/s`;
}

/** `2,322 ms`; below ten with one decimal; `-` for none. */
export function milliseconds(value: number | null): string {
  return value === null ? '-' : `${number(value, value < 10 ? 1 : 0)} ms`;
}

/** Share of the calls that failed: `2.1 %`; `-` without calls. */
export function errorPercent({ calls, errors }: CallStats): string {
  return calls === 0 ? '-' : `${number((errors / calls) * 100, 1)} %`;
}

/** Calls, errors and times in a line: `6.5/s, p50 10 ms, p99 2,322 ms, 2 % errors`. */
export function statsLine(stats: CallStats): string {
  if (stats.calls === 0) return 'no calls';
  const errors = stats.errors > 0 ? [`${errorPercent(stats)} errors`] : [];
  return [
    rate(stats),
    `p50 ${milliseconds(stats.p50Ms)}`,
    `p99 ${milliseconds(stats.p99Ms)}`,
    ...errors,
  ].join(', ');
}

/** What becomes of the edges in a picture, the most important first. */
export type EdgeLook = 'fault' | 'undeclared' | 'unused' | 'async' | 'mixed' | 'sync';

export function lookOf(edge: MapEdge): EdgeLook {
  if (edge.faults.length > 0) return 'fault';
  if (isUndeclared(edge)) return 'undeclared';
  if (edge.mode === null) return 'unused';
  return edge.mode;
}

export function isUndeclared({ id, kind }: MapEdge): boolean {
  return id === null && (kind === 'call' || kind === 'database');
}

/** What is written on an edge of a picture, a line each. */
export function edgeLines(edge: MapEdge): readonly string[] {
  const { calm, underFault, faults } = edge;
  return [
    ...(isUndeclared(edge) ? ['not declared'] : []),
    ...(edge.mode === null ? ['never called'] : [statsLine(calm)]),
    ...(underFault && edge.mode !== null ? [`under fault: ${statsLine(underFault)}`] : []),
    ...faults.map((fault) => `fault: ${fault}`),
  ];
}

/** What is written below a node's name. */
export function nodeLine({ kind, criticality, isDeclared }: MapNode): string {
  if (kind === 'unknown') return 'not declared';
  const words = {
    clients: 'load',
    internal: 'service',
    external: 'external',
    database: 'database',
    queue: 'queue',
  };
  return [
    words[kind],
    criticality,
    isDeclared || kind === 'clients' || kind === 'queue' ? null : 'not declared',
  ]
    .filter((word) => word !== null)
    .join(', ');
}

/** `Service map of shop (naive): Nothing is wrong`. */
export function headline({ system, build, title }: ServiceMap): string {
  return `Service map of ${system}${build === null ? '' : ` (${build})`}: ${title}`;
}

/** Which run, and how long it was measured. */
export function subline({ run, calmS, faultS }: ServiceMap): string {
  const fault = faultS > 0 ? ` without a fault, ${number(faultS)} s with one` : '';
  return `${run}, ${number(calmS)} s${fault}; errors: no answer, or 5xx`;
}
