import type { Fault, FaultWindow, Proof, SpanRow } from '../../harness/contracts.ts';
import { askRun, type RunSpec, START_US, SYSTEM, type Tables } from '../evidence/fixture.ts';

/** Window of the fault in `prove`. */
export const FROM_US = START_US + 20_020_000;
export const UNTIL_US = START_US + 50_020_000;

export type Span = { -readonly [Key in keyof SpanRow]: SpanRow[Key] };

/** The callers' spans of the calls of an edge, in the order of their start; the very rows that are written. */
export interface EdgeCalls {
  readonly before: Span[];
  readonly inside: Span[];
  readonly after: Span[];
}

export interface ProofSpec extends RunSpec {
  /**
   * Default gateway-to-inventory: on it there are 102 calls before, 146 inside until half a second before the end,
   * and 100 after, each of 13 ms.
   */
  readonly on?: string;
  /** Changes the calls; without it nothing shows the fault. */
  change?(calls: EdgeCalls, tables: Tables): void;
}

/** The proof of a fault that was in force on an edge of the fixture's healthy run. */
export async function prove(
  fault: Fault,
  { on = 'gateway-to-inventory', change, ...spec }: ProofSpec,
): Promise<Proof> {
  const edge = SYSTEM.edges.find(({ id }) => id === on);
  if (!edge) throw new Error(`the fixture has no edge ${on}`);
  const window: FaultWindow = { edge, fromUs: FROM_US, untilUs: UNTIL_US };
  const faults = [
    { on, id: fault.id, parameters: fault.parameters, fromUs: window.fromUs, untilUs: window.untilUs },
  ];
  return askRun(
    {
      ...spec,
      run: { faults, ...spec.run },
      mutate(tables) {
        spec.mutate?.(tables);
        change?.(edgeCalls(tables, window), tables);
      },
    },
    (evidence) => fault.proof(evidence, window),
  );
}

function edgeCalls({ recording }: Tables, { edge }: FaultWindow): EdgeCalls {
  const calls = recording
    .filter(({ kind, service }) => kind === 'client' && service === edge.from)
    .filter((span) => (edge.to === 'database' ? span.db_system !== null : span.peer_service === edge.to))
    .toSorted((a, b) => a.start_us - b.start_us);
  return {
    before: calls.filter(({ start_us }) => start_us < FROM_US),
    inside: calls.filter(({ start_us }) => start_us >= FROM_US && start_us < UNTIL_US),
    after: calls.filter(({ start_us }) => start_us >= UNTIL_US),
  };
}

/** The calls get no answer. */
export function fail(spans: readonly Span[]): void {
  for (const span of spans) Object.assign(span, { http_status: null, status: 'error' });
}

/** The calls last so long. */
export function last(spans: readonly Span[], ms: number): void {
  for (const span of spans) span.end_us = span.start_us + ms * 1000;
}

/** The calls are not made. */
export function drop(spans: readonly Span[], tables: Tables): void {
  const dropped = new Set(spans);
  tables.recording = tables.recording.filter((span) => !dropped.has(span));
}

/** The call is made from one instant to another instead. */
export function move(span: Span | undefined, startUs: number, endUs: number): Span {
  if (!span) throw new Error('there is no such call');
  return Object.assign(span, { start_us: startUs, end_us: endUs });
}
