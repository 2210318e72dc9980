import type { Evidence } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';
import { type Discrepancy, discrepanciesOf } from './lib/discrepancies.ts';
import { entryStats } from './lib/entry-stats.ts';
import { nodesOf } from './lib/nodes.ts';
import { queuesOf } from './lib/queues.ts';
import { seenEdges } from './lib/seen-edges.ts';
import { measuredTime } from './lib/times.ts';

/** Calls in a stretch of time. Rates are per second of it; quantiles are null without calls. */
export interface CallStats {
  readonly calls: number;
  readonly ratePerS: number;
  /** Calls without an answer, or with one of 5xx. */
  readonly errors: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** sync: the answer to a request waits for it. async: none does. mixed: both were seen. */
export type Mode = 'sync' | 'async' | 'mixed';

export interface MapEdge {
  /** As the system declares it; null when it does not. */
  readonly id: string | null;
  readonly from: string;
  readonly to: string;
  /** What is called: requests of clients, another service, a database, or messages of a queue. */
  readonly kind: 'clients' | 'call' | 'database' | 'queue';
  /** Null when it was not seen. */
  readonly mode: Mode | null;
  /** While nothing was broken, and while a fault was in force anywhere; the latter is null without one. */
  readonly calm: CallStats;
  readonly underFault: CallStats | null;
  /** Titles of the faults that were in force on this edge. */
  readonly faults: readonly string[];
  /** Traces with a call over it, at most three. */
  readonly examples: readonly string[];
}

export interface MapNode {
  readonly name: string;
  readonly kind: 'clients' | 'internal' | 'external' | 'database' | 'queue' | 'unknown';
  /** As the system declares it; null for what is no service of it. */
  readonly criticality: string | null;
  readonly isDeclared: boolean;
}

/** Who calls whom, as the recording of a run shows it, beside what the system declares. */
export interface ServiceMap {
  readonly run: string;
  readonly title: string;
  readonly system: string;
  readonly build: string | null;
  /** Seconds of the measured phases without, and with a fault in force. */
  readonly calmS: number;
  readonly faultS: number;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly discrepancies: readonly Discrepancy[];
}

/** Names of the nodes that are no services. */
export const CLIENTS = 'clients';

/**
 * Draws the map of a run from what was measured, the warm-up left out.
 * @throws UserError when the run has no recording, or no call was recorded in its measured phases
 */
export async function serviceMap(evidence: Evidence): Promise<ServiceMap> {
  const { run } = evidence;
  if (!evidence.sources.has('recording'))
    throw new UserError(
      `the run has no recording (${run.missing.recording ?? 'it is missing'}); a map is drawn of the recorded spans`,
    );
  const time = measuredTime(evidence);
  const calls = await seenEdges(evidence, time);
  const queues = await queuesOf(evidence, time);
  if (calls.every(({ calm, underFault }) => calm.calls + (underFault?.calls ?? 0) === 0))
    throw new UserError(
      'the recording holds no call in the measured phases; there is nothing to draw a map of',
    );
  const edges = [...(await entryStats(evidence, time)), ...calls, ...queues];
  return {
    run: run.id,
    title: run.title,
    system: run.system.name,
    build: run.build?.id ?? null,
    calmS: time.calmS,
    faultS: time.faultS,
    nodes: nodesOf(run, edges),
    edges,
    discrepancies: discrepanciesOf(run, edges),
  };
}
