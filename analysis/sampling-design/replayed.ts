/** What came out of a replay: kept by promise, lost, against the prediction, and what it cost. */
import type { Evidence, FateRow, LossStage } from '../../harness/contracts.ts';
import { EXAMPLES, one } from '../lib/query.ts';

export interface ReplayedClass {
  /** Id of the promise; null: nothing is known of the request, or (isRequest = false) it is no request. */
  readonly promise: string | null;
  readonly traces: number;
  readonly whole: number;
  readonly part: number;
  /** Kept by the prediction; of how many it cannot be told. */
  readonly predicted: number;
  readonly unpredicted: number;
}

/** A trace on which prediction and Collector do not agree. */
export interface Disagreement {
  readonly traceId: string;
  readonly predicted: FateRow['predicted'];
  /** The policy that decides by the prediction. */
  readonly policy: string | null;
  readonly observed: FateRow['observed'];
}

export interface Outcome {
  readonly classes: readonly ReplayedClass[];
  /** Recorded traces that belong to no request. */
  readonly others: ReplayedClass;
  /** Promised traces that did not come out whole, by the stage that lost them. */
  readonly lost: readonly { readonly promise: string; readonly stage: LossStage; readonly traces: number }[];
  /** Of all recorded traces. */
  readonly disagreements: number;
  /** The first of them. */
  readonly examples: readonly Disagreement[];
  readonly keptSpans: number;
  readonly counters: Counters;
}

/** The Collector's own counters at the end; a counter that never counted is 0. */
export interface Counters {
  readonly acceptedSpans: number;
  readonly refusedSpans: number;
  readonly evictedTraces: number;
  readonly lateSpans: number;
  readonly exportFailedSpans: number;
  readonly cpuS: number | null;
  readonly peakMemoryBytes: number | null;
}

const OBSERVED = `
  WITH kept AS (SELECT trace_id, count(DISTINCT span_id) AS spans FROM archive GROUP BY trace_id)
  SELECT p.trace_id, p.predicted, p.policy,
    CASE WHEN k.spans IS NULL THEN 'absent' WHEN k.spans >= t.spans THEN 'whole' ELSE 'part' END AS observed,
    p.trace_id IN (SELECT trace_id FROM ledger) AS is_request
  FROM prediction p JOIN traces t USING (trace_id) LEFT JOIN kept k USING (trace_id)`;

const COUNTS = `count(*) AS traces, count(*) FILTER (WHERE observed = 'whole') AS whole,
  count(*) FILTER (WHERE observed = 'part') AS part, count(*) FILTER (WHERE predicted = 'keep') AS predicted,
  count(*) FILTER (WHERE predicted = 'unknown') AS unpredicted`;

/** Looks at the evidence of a replay's folder: all of its requests, warm-up included. */
export async function outcomeOf(evidence: Evidence): Promise<Outcome> {
  const disagree = `(predicted = 'keep' AND observed <> 'whole' OR predicted = 'drop' AND observed <> 'absent')`;
  const classes = await evidence.query<ReplayedClass>(
    `SELECT promise, ${COUNTS} FROM fate GROUP BY promise ORDER BY promise NULLS LAST`,
  );
  const others = await one<Omit<ReplayedClass, 'promise'>>(
    evidence,
    `SELECT ${COUNTS} FROM (${OBSERVED}) WHERE NOT is_request`,
  );
  const lost = await evidence.query<Outcome['lost'][number]>(
    `SELECT promise, lost_stage AS stage, count(*) AS traces FROM fate
     WHERE lost_stage IS NOT NULL AND promise IS NOT NULL GROUP BY ALL ORDER BY promise, traces DESC, stage`,
  );
  const { disagreements } = await one<{ disagreements: number }>(
    evidence,
    `SELECT count(*) AS disagreements FROM (${OBSERVED}) WHERE ${disagree}`,
  );
  const examples = await evidence.query<Disagreement>(
    `SELECT trace_id AS "traceId", predicted, policy, observed FROM (${OBSERVED}) WHERE ${disagree}
     ORDER BY trace_id LIMIT ${EXAMPLES}`,
  );
  const { spans } = await one<{ spans: number }>(evidence, 'SELECT count(*) AS spans FROM archive');
  return {
    classes,
    others: { promise: null, ...others },
    lost,
    disagreements,
    examples,
    keptSpans: spans,
    counters: await countersOf(evidence),
  };
}

/** Metric names as patterns: a `_total` suffix may or may not be there. */
const SUMS: Readonly<Record<Exclude<keyof Counters, 'cpuS' | 'peakMemoryBytes'>, string>> = {
  acceptedSpans: '^otelcol_receiver_accepted_spans(_total)?$',
  refusedSpans: '^otelcol_receiver_(refused|failed)_spans(_total)?$',
  evictedTraces: 'processor_tail_sampling_sampling_trace_dropped_too_early(_total)?$',
  lateSpans: 'processor_tail_sampling_sampling_late_span_age(_[a-z]+)?_count$',
  exportFailedSpans: '^otelcol_exporter_(enqueue|send)_failed_spans(_total)?$',
};

/** Counters only grow, so the highest of each series is the last. */
function countersOf(evidence: Evidence): Promise<Counters> {
  const sums = Object.entries(SUMS).map(
    ([name, pattern]) =>
      `CAST(coalesce(sum(most) FILTER (WHERE regexp_matches(metric, '${pattern}')), 0) AS DOUBLE) AS "${name}"`,
  );
  return one<Counters>(
    evidence,
    `WITH series AS (
       SELECT metric, labels, max(value) AS most, max(value) - min(value) AS rise
       FROM gauges WHERE part = 'collector' GROUP BY metric, labels)
     SELECT ${sums.join(', ')},
       max(rise) FILTER (WHERE metric = 'process_cpu_seconds') AS "cpuS",
       max(most) FILTER (WHERE metric = 'process_resident_bytes') AS "peakMemoryBytes"
     FROM series`,
  );
}
