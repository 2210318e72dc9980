/** The table `conservation`: in = out + losses, stage by stage, by the counters of the pipeline's own parts. */

import { literal } from '../tables.ts';

/** A Collector's work that nobody saw when it ended: since the last scrape but one, and what the recorder had not written. */
const UNSEEN_US = 2_200_000;

/** How long before its end a Collector may have got a trace on which it decided while it ended. */
const DECIDED_WHILE_ENDING_US = 30_000_000;

/** An SQL expression: the sum of the rises of one counter; NULL when it was never scraped. */
const sum = (condition: string) => `(SELECT CAST(round(sum(rise)) AS BIGINT) FROM rises WHERE ${condition})`;
const orZero = (condition: string) => `coalesce(${sum(condition)}, 0)`;
/** The last value of a gauge before an instant, all of its series together. */
const lastBefore = (metric: string, us: string) => `coalesce((
    SELECT sum(v) FROM (SELECT arg_max(value, at_us) AS v FROM gauges
      WHERE ${metric} AND at_us < ${us} GROUP BY part, labels)), 0)`;
const lost = (kind: string) =>
  `(SELECT CAST(round(coalesce(sum(count), 0)) AS BIGINT) FROM losses WHERE kind = '${kind}')`;

const SDK = `metric = 'otel_sdk_processor_span_processed'`;
const TO_ARCHIVE = `metric LIKE '%exporter_sent_spans' AND (labels->>'$.exporter') NOT LIKE 'file%' AND (labels->>'$.exporter') NOT LIKE 'debug%'`;
const ACCEPTED = `metric LIKE '%receiver_accepted_spans'`;
const SAMPLER = '%processor_tail_sampling';

/**
 * A query with the columns position, stage, unit, came_in, came_out, losses (JSON object: LossStage -> count), unaccounted and
 * tolerance, see ConservedStage in harness/contracts.ts. A stage whose counters were never scraped has no row. Needs the
 * tables gauges, recording, archive, prediction, fate, rises, losses and outages.
 *
 * The exporter counts nothing that goes into it, so its stage is in balance by itself and shows its losses only.
 * The counters of a Collector that ends are seen up to the last scrape before: `tolerance` is what it may have done since. The
 * archive counts nothing and is asked for traces with a span of the entry service: of the others what the sampler keeps of
 * them is tolerated.
 * @param entry name of the entry service
 */
export function conservationSql(entry: string): string {
  return `
    WITH ends AS (SELECT from_us, how FROM outages WHERE part = 'collector'),
    unseen AS (
      -- As much as came in the seconds before the end.
      SELECT coalesce(CAST(sum(rise) AS BIGINT), 0) AS spans FROM rises, ends
      WHERE ${ACCEPTED} AND rises.until_us BETWEEN ends.from_us - ${UNSEEN_US} AND ends.from_us),
    unseen_traces AS (
      SELECT coalesce(CAST(sum(rise) AS BIGINT), 0) AS traces FROM rises, ends
      WHERE metric LIKE '${SAMPLER}_new_trace_id_received' AND rises.until_us BETWEEN ends.from_us - ${UNSEEN_US} AND ends.from_us),
    -- Traces without a decision when the Collector ended: all that came in the process' life less all that was decided.
    pending AS (
      SELECT coalesce(CAST(sum(waited) FILTER (WHERE how <> 'stop') AS BIGINT), 0) AS lost,
             -- One that ends in order decides on them, and nobody looks any more.
             coalesce(CAST(sum(waited) FILTER (WHERE how = 'stop') AS BIGINT), 0) AS unseen
      FROM (SELECT how, greatest(came - decided, 0) AS waited FROM (
        SELECT how, ${lastBefore(`metric LIKE '${SAMPLER}_new_trace_id_received%'`, 'ends.from_us')} AS came,
               ${lastBefore(`metric LIKE '${SAMPLER}_global_count_traces_sampled%'`, 'ends.from_us')} AS decided
        FROM ends))),
    unsearchable AS (
      SELECT count(DISTINCT (trace_id, span_id)) AS spans FROM recording r
      WHERE EXISTS (SELECT 1 FROM prediction p WHERE p.trace_id = r.trace_id AND p.predicted <> 'drop')
        AND NOT EXISTS (SELECT 1 FROM recording e WHERE e.trace_id = r.trace_id AND e.service = ${literal(entry)})),
    unseen_sent AS (
      SELECT count(DISTINCT (a.trace_id, a.span_id)) AS spans FROM archive a, ends
      WHERE a.start_us BETWEEN ends.from_us - ${DECIDED_WHILE_ENDING_US} AND ends.from_us),
    archived AS (
      SELECT (SELECT count(DISTINCT (trace_id, span_id)) FROM archive) AS spans,
             EXISTS (SELECT 1 FROM fate WHERE lost_stage LIKE '%evicted-by-archive%') AS evicts,
             coalesce(${sum(TO_ARCHIVE)}, 0) AS sent),
    -- The Collector does not say whose spans it accepted: who sends spans and does not count them would be taken for too many.
    senders AS (
      SELECT coalesce(bool_and(service IN (SELECT part FROM rises WHERE metric = 'otel_sdk_span_ended')), false) AS all_count
      FROM (SELECT DISTINCT service FROM recording)),
    stages AS (
      SELECT 1 AS position, 'sdk' AS stage, 'spans' AS unit,
             ${sum(`metric = 'otel_sdk_span_ended'`)} AS came_in,
             ${orZero(`${SDK} AND (labels->>'$.error_type') IS NULL`)} AS came_out,
             json_object('sdk-queue-full', ${lost('sdk-queue-full')}, 'sdk-export-failed', ${lost('sdk-export-failed')}) AS losses,
             -- What waited still when the counters were read for the last time.
             CAST(${lastBefore(`metric = 'otel_sdk_processor_span_queue_size'`, String(Number.MAX_SAFE_INTEGER))} AS BIGINT) AS tolerance
      UNION ALL
      -- The SDK gives up what was not answered in time, though the Collector may have it.
      SELECT 2, 'receiver', 'spans',
             CASE WHEN (SELECT all_count FROM senders) THEN ${sum(`${SDK} AND (labels->>'$.error_type') IS NULL`)} END, ${orZero(ACCEPTED)},
             json_object(), (SELECT spans FROM unseen) + ${lost('sdk-export-failed')}
      UNION ALL
      SELECT 3, 'recorder', 'spans', ${sum(ACCEPTED)}, (SELECT count(*) FROM recording), json_object(),
             (SELECT spans FROM unseen)
      UNION ALL
      SELECT 4, 'sampler', 'traces', ${sum(`metric LIKE '${SAMPLER}_new_trace_id_received'`)},
             ${orZero(`metric LIKE '${SAMPLER}_global_count_traces_sampled'`)},
             json_object('evicted-before-decision', ${lost('evicted')}, 'lost-in-crash', (SELECT lost FROM pending)),
             (SELECT traces FROM unseen_traces) + (SELECT unseen FROM pending) +
             -- One that was forgotten and came back is one more id for the sampler, but it may share a decision.
             CASE WHEN ${lost('evicted')} = 0 THEN 0 ELSE greatest(0,
               ${orZero(`metric LIKE '${SAMPLER}_new_trace_id_received'`)} - (SELECT count(DISTINCT trace_id) FROM recording)) END
      UNION ALL
      SELECT 5, 'exporter', 'spans',
             ${sum(TO_ARCHIVE)} + ${lost('exporter-queue-full')} + ${lost('export-failed')}, ${orZero(TO_ARCHIVE)},
             json_object('exporter-queue-full', ${lost('exporter-queue-full')}, 'export-failed', ${lost('export-failed')}), 0
      UNION ALL
      SELECT 6, 'archive', 'spans', nullif(sent, 0), spans,
             -- Nobody counts them: what the evidence calls evicted is taken for the reason.
             json_object('evicted-by-archive', CASE WHEN evicts THEN greatest(sent - spans, 0) ELSE 0 END),
             (SELECT spans FROM unsearchable) + (SELECT spans FROM unseen_sent)
      FROM archived)
    SELECT position, stage, unit, came_in, came_out, CAST(losses AS VARCHAR) AS losses,
           came_in - came_out - coalesce((
             SELECT CAST(sum(CAST(value AS BIGINT)) AS BIGINT) FROM json_each(losses)), 0) AS unaccounted, tolerance
    FROM stages WHERE came_in IS NOT NULL ORDER BY position`;
}
