/** The table `arrivals`: when the spans of a trace reached the Collector, as far as the order of the recording tells. */
import { ADDED_TO_RECORDING, identifier } from '../tables.ts';

/** Spans of the recording that are taken together: at 1,000 spans a second a quarter of a second of arrivals. */
const BLOCK = 256;

/**
 * A query with the columns trace_id, first_us, last_us and is_ordered: a row a recorded trace, when its first and its last span came.
 * Nobody notes when a span arrives, but the recording has the spans in that order, and none comes before it has ended:
 * so a span came no sooner than those before it ended. That is a lower bound, and under load one that is off by the
 * services' export delay. Of each block the 9th decile counts, lest one clock that is ahead makes all that follows late.
 * When no span ends any more the bound stands still: what comes then may be much later than it says. Without an order (a recording of an earlier version) a span counts as come when it ended.
 */
export function arrivalsSql(): string {
  const nulls = Object.entries(ADDED_TO_RECORDING)
    .map(([name, type]) => `NULL::${type} AS ${identifier(name)}`)
    .join(', ');
  return `
    WITH spans AS (
      SELECT trace_id, end_us, arrival // ${BLOCK} AS block
      FROM (SELECT * FROM recording UNION ALL BY NAME SELECT ${nulls} WHERE false)),
    blocks AS (SELECT block, quantile_disc(end_us, 0.9) AS end_us FROM spans WHERE block IS NOT NULL GROUP BY block),
    reached AS (
      SELECT block, max(end_us) OVER (ORDER BY block ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS at_us
      FROM blocks)
    SELECT s.trace_id, min(greatest(s.end_us, r.at_us)) AS first_us, max(greatest(s.end_us, r.at_us)) AS last_us,
           bool_and(s.block IS NOT NULL) AS is_ordered
    FROM spans s LEFT JOIN reached r ON r.block = s.block GROUP BY s.trace_id`;
}
