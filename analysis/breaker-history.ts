import type { Evidence } from '../harness/contracts.ts';
import { one } from './lib/query.ts';

/** Where a circuit breaker shows itself: on each span of that name, with its state as an attribute. */
export interface BreakerView {
  readonly edge: string;
  readonly span: string;
  readonly attribute: string;
  readonly open: string;
  readonly closed: string;
}

/** What was seen of the breaker; instants in microseconds, null where it did not happen. */
export interface BreakerHistory {
  /** Spans that carry the attribute. */
  readonly spans: number;
  /** Calls that were short-circuited while the fault was in force. */
  readonly shortCircuited: number;
  /** The same from the measured phases before the fault: a breaker that opens without a cause. */
  readonly openBefore: number;
  readonly firstOpenUs: number | null;
  /** Calls on the edge that ended without a good answer while the fault was in force, and before it opened. */
  readonly failures: number;
  readonly failuresBeforeOpen: number;
  readonly lastState: string | null;
  /** The first span after the last one that was not closed. */
  readonly closedAgainUs: number | null;
  /** Good answers on the edge since then. */
  readonly goodCallsSince: number;
}

/**
 * Follows a breaker through the recorded spans. `fromUs` and `untilUs` bound the fault. A call fails when it got no
 * answer, or one of 5xx, or its span has an error.
 */
export function breakerHistory(
  evidence: Evidence,
  view: BreakerView,
  fromUs: number,
  untilUs: number,
): Promise<BreakerHistory> {
  return one<BreakerHistory>(
    evidence,
    `WITH seen AS (
       SELECT start_us, attributes->>('$."' || $attribute || '"') AS state
       FROM recording WHERE name = $span AND (attributes->>('$."' || $attribute || '"')) IS NOT NULL),
     calls_on AS (
       SELECT start_us, end_us, http_status IS NOT NULL AND http_status < 500 AND status <> 'error' AS good
       FROM calls WHERE edge = $edge),
     measured AS (SELECT min(start_us) AS start_us FROM phases WHERE name <> 'warmup'),
     first_open AS (
       SELECT min(start_us) AS at_us FROM seen
       WHERE state = $open AND start_us BETWEEN $from::BIGINT AND $until::BIGINT),
     last_other AS (SELECT max(start_us) AS at_us FROM seen WHERE state <> $closed),
     again AS (
       SELECT min(s.start_us) AS at_us FROM seen s, last_other o
       WHERE s.state = $closed AND s.start_us > o.at_us)
     SELECT
       (SELECT count(*) FROM seen) AS spans,
       (SELECT count(*) FROM seen WHERE state = $open AND start_us BETWEEN $from::BIGINT AND $until::BIGINT)
         AS "shortCircuited",
       (SELECT count(*) FROM seen, measured m
        WHERE state = $open AND seen.start_us >= m.start_us AND seen.start_us < $from::BIGINT) AS "openBefore",
       (SELECT at_us FROM first_open) AS "firstOpenUs",
       (SELECT count(*) FROM calls_on WHERE NOT good AND start_us BETWEEN $from::BIGINT AND $until::BIGINT)
         AS failures,
       (SELECT count(*) FROM calls_on, first_open f
        WHERE NOT good AND end_us >= $from::BIGINT AND end_us <= f.at_us) AS "failuresBeforeOpen",
       (SELECT state FROM seen ORDER BY start_us DESC, state LIMIT 1) AS "lastState",
       (SELECT at_us FROM again) AS "closedAgainUs",
       (SELECT count(*) FROM calls_on, again WHERE good AND start_us >= again.at_us) AS "goodCallsSince"`,
    {
      edge: view.edge,
      span: view.span,
      attribute: view.attribute,
      open: view.open,
      closed: view.closed,
      from: fromUs,
      until: untilUs,
    },
  );
}
