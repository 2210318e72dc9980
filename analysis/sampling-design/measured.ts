/** What a run's traffic was made of, and what its archive kept of it. */
import type { Evidence, SamplingPromise } from '../../harness/contracts.ts';
import { one } from '../lib/query.ts';
import type { Traffic } from './traffic.ts';

/** Requests of the measured phases to which a promise applied. */
export interface MeasuredClass {
  /** Id of the promise; null: no answer and no span, so nothing can be said of them. */
  readonly promise: string | null;
  readonly requests: number;
  /** Of their traces, those that are in the archive with all of their spans, and with some of them. */
  readonly whole: number;
  readonly part: number;
  /** Those that the run's configuration keeps by what was recorded, and those of which that is not known. */
  readonly predicted: number;
  readonly unpredicted: number;
  /** Recorded spans, and archived ones. */
  readonly spans: number;
  readonly archivedSpans: number;
}

export interface Measured {
  /** Length of the measured phases; warm-up left out. */
  readonly seconds: number;
  readonly requests: number;
  readonly classes: readonly MeasuredClass[];
  /**
   * Recorded traces that belong to no request, such as a service's own tasks, of the whole run; and those that the run's
   * configuration keeps. The archive is read by the entry service, so it does not show them.
   */
  readonly otherTraces: number;
  readonly otherPredicted: number;
  /** Shares as measured; the rate is the run's. */
  readonly traffic: Traffic;
}

/** Needs ledger, recording and archive. */
export async function measure(evidence: Evidence): Promise<Measured> {
  const seconds = evidence.run.phases
    .filter(({ name }) => name !== 'warmup')
    .reduce((sum, { startUs, endUs }) => sum + (endUs - startUs) / 1e6, 0);
  const classes = await evidence.query<MeasuredClass>(
    `SELECT promise, count(*) AS requests,
       count(*) FILTER (WHERE observed = 'whole') AS whole, count(*) FILTER (WHERE observed = 'part') AS part,
       count(*) FILTER (WHERE predicted = 'keep') AS predicted,
       count(*) FILTER (WHERE predicted = 'unknown') AS unpredicted,
       CAST(coalesce(sum(recorded_spans), 0) AS BIGINT) AS spans,
       CAST(coalesce(sum(archived_spans), 0) AS BIGINT) AS "archivedSpans"
     FROM fate WHERE phase <> 'warmup' GROUP BY promise ORDER BY promise NULLS LAST`,
  );
  const other = await one<{ traces: number; predicted: number }>(
    evidence,
    `SELECT count(*) AS traces, count(*) FILTER (WHERE predicted = 'keep') AS predicted
     FROM prediction ANTI JOIN ledger USING (trace_id)`,
  );
  const requests = classes.reduce((sum, each) => sum + each.requests, 0);
  return {
    seconds,
    requests,
    classes,
    otherTraces: other.traces,
    otherPredicted: other.predicted,
    traffic: {
      ratePerS: seconds === 0 ? 0 : requests / seconds,
      ...(await sharesIn(evidence, evidence.run.system.promises)),
    },
  };
}

/** By the run's own promises, as the view `fate` applies them: errors of the client's view too, the time of the entry span. */
async function sharesIn(
  evidence: Evidence,
  promises: readonly SamplingPromise[],
): Promise<Omit<Traffic, 'ratePerS'>> {
  const slowMs = Math.min(...promises.flatMap(({ when }) => (when.kind === 'slow' ? [when.ms] : [])));
  const idsOf = (kind: SamplingPromise['when']['kind']) =>
    JSON.stringify(promises.filter(({ when }) => when.kind === kind).map(({ id }) => id));
  const found = await one<{ requests: number; health: number; error: number; slow: number; both: number }>(
    evidence,
    `WITH judged AS (
       SELECT f.promise IN (SELECT unnest(from_json($health, '["VARCHAR"]'))) AS is_health,
         f.promise IN (SELECT unnest(from_json($error, '["VARCHAR"]'))) OR coalesce(t.has_error, false) AS is_error,
         f.promise IN (SELECT unnest(from_json($slow, '["VARCHAR"]')))
           OR coalesce(t.entry_us >= $slowUs::DOUBLE, false) AS is_slow
       FROM fate f LEFT JOIN traces t USING (trace_id)
       WHERE f.phase <> 'warmup' AND f.promise IS NOT NULL)
     SELECT count(*) AS requests, count(*) FILTER (WHERE is_health) AS health,
       count(*) FILTER (WHERE is_error AND NOT is_health) AS error,
       count(*) FILTER (WHERE is_slow AND NOT is_health) AS slow,
       count(*) FILTER (WHERE is_error AND is_slow AND NOT is_health) AS both
     FROM judged`,
    {
      health: idsOf('path'),
      error: idsOf('error'),
      slow: idsOf('slow'),
      slowUs: Number.isFinite(slowMs) ? slowMs * 1000 : Number.MAX_SAFE_INTEGER,
    },
  );
  const share = (count: number) => (found.requests === 0 ? 0 : count / found.requests);
  return {
    errorShare: share(found.error),
    slowShare: share(found.slow),
    errorAndSlowShare: share(found.both),
    healthShare: share(found.health),
  };
}
