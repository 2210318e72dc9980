/** The view `fate`: a row a request, see FateRow in harness/contracts.ts. */
import type { SamplingPromise } from '../../contracts.ts';
import { DEFAULT_SALT, hashThreshold, traceHashSql } from '../sampler/hash.ts';
import { literal } from '../tables.ts';
import { type LostStageOptions, lostStageSql } from './lost-stage.ts';
import { promisePropertySql, promiseSql } from './promise.ts';

export interface FateOptions extends LostStageOptions {
  readonly promises: readonly SamplingPromise[];
  /** Salt of the sampler's hash, by which a promised share is drawn. */
  readonly salt?: string;
}

/**
 * Needs the tables ledger, recording, archive, traces (see traces.ts), prediction (see ../sampler/compile.ts), arrivals,
 * and those of lost-stage.ts.
 */
export function fateSql({ promises, salt = DEFAULT_SALT, ...stages }: FateOptions): string {
  const promised = promisePropertySql(promises, ({ keepPercent }) =>
    literal(keepPercent >= 100 ? 'keep' : keepPercent <= 0 ? 'drop' : 'sample'),
  );
  const kept = promisePropertySql(promises, ({ keepPercent }) =>
    keepPercent >= 100
      ? 'true'
      : keepPercent <= 0
        ? 'false'
        : `(hash <= ${hashThreshold(keepPercent)}::UBIGINT)`,
  );
  return `
    WITH archived AS (SELECT DISTINCT trace_id, span_id FROM archive),
    stored AS (SELECT trace_id, count(*) AS spans FROM archived GROUP BY trace_id),
    -- How many of the recorded spans are in the archive; only traces with an archived span can have any.
    matched AS (
      SELECT r.trace_id, count(DISTINCT r.span_id) AS spans
      FROM recording r JOIN archived a ON a.trace_id = r.trace_id AND a.span_id = r.span_id GROUP BY r.trace_id),
    joined AS (
      SELECT l.seq, l.trace_id, l.phase, l.route, coalesce(l.status, 0) AS status,
        coalesce(t.spans, 0) AS recorded_spans, coalesce(s.spans, 0) AS archived_spans,
        t.start_us, t.end_us, t.entry_us, coalesce(v.first_us, t.start_us) AS first_us, v.last_us,
        l.sent_us + l.latency_us AS answered_us, ${traceHashSql('l.trace_id', salt)} AS hash,
        CASE WHEN coalesce(s.spans, 0) = 0 THEN 'absent'
             -- Without a recording nothing says what the whole is.
             WHEN t.spans IS NULL THEN 'part'
             WHEN coalesce(m.spans, 0) = t.spans THEN 'whole' ELSE 'part' END AS observed,
        coalesce(p.predicted, 'unknown') AS predicted, p.policy,
        CASE WHEN coalesce(l.status, 0) = 0 AND t.trace_id IS NULL AND s.trace_id IS NULL THEN NULL
             ELSE ${promiseSql(promises)} END AS promise
      FROM ledger l
      LEFT JOIN traces t ON t.trace_id = l.trace_id
      LEFT JOIN stored s ON s.trace_id = l.trace_id
      LEFT JOIN matched m ON m.trace_id = l.trace_id
      LEFT JOIN prediction p ON p.trace_id = l.trace_id
      LEFT JOIN arrivals v ON v.trace_id = l.trace_id),
    promising AS (
      SELECT *, coalesce(${promised}, 'unknown') AS promised, ${kept} AS promised_kept FROM joined),
    -- Few as a rule, and to find the stage is much work for each. What only the recording lacks was lost by no stage
    -- on the way to the archive.
    judged AS (
      SELECT * FROM promising
      WHERE observed <> 'whole' AND promised_kept AND NOT (recorded_spans = 0 AND archived_spans > 0)),
    lost AS (SELECT seq, trace_id, ${lostStageSql(stages)} AS lost_stage FROM judged)
    SELECT f.seq, f.trace_id, phase, route, promised, promise, promised_kept, predicted, policy, observed,
      recorded_spans, archived_spans, lost_stage
    FROM promising f LEFT JOIN lost ON lost.seq = f.seq AND lost.trace_id = f.trace_id`;
}
