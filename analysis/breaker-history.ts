import type { Evidence } from '../harness/contracts.ts';
import { PASSAGES } from './lib/passages.ts';
import { EXAMPLES, one } from './lib/query.ts';

/** Where a circuit breaker shows itself: on each span of that name, with its state as an attribute. */
export interface BreakerView {
  readonly edge: string;
  readonly span: string;
  readonly attribute: string;
  readonly open: string;
  readonly halfOpen: string;
  readonly closed: string;
}

export interface BreakerBounds {
  /** The fault. */
  readonly fromUs: number;
  readonly untilUs: number;
  /** What lies before and after is not looked at: other blocks. By default nothing does. */
  readonly sinceUs?: number;
  readonly endUs?: number;
  /** Failures in a row after which it must be open, and how long it may take to be. */
  readonly failuresToOpen: number;
  readonly graceUs: number;
}

/**
 * What was seen of the breaker; instants in microseconds, null where it did not happen. A call that is tried again
 * within one span of the breaker is one, and has failed when its last try has.
 */
export interface BreakerHistory {
  /** Spans that carry the attribute. */
  readonly spans: number;
  readonly lastSeenUs: number | null;
  /** Calls that were short-circuited while the fault was in force. */
  readonly shortCircuited: number;
  /** The same from the measured phases before the fault: a breaker that opens without a cause. */
  readonly openBefore: number;
  readonly firstOpenUs: number | null;
  /** Calls that began while the fault was in force and failed; those of them that had failed before its end. */
  readonly failures: number;
  readonly failuresEnded: number;
  /** Calls that had failed under the fault when it opened. */
  readonly failuresBeforeOpen: number;
  /** Failed calls, no probes, that began under the fault though so many before them had failed that it must have been open. */
  readonly lateFailures: number;
  /** Failed calls, no probes, that began under the fault after it had opened, without a good answer since it was open. */
  readonly failuresAfterOpen: number;
  readonly lastState: string | null;
  /** The first span after the last one that was not closed. */
  readonly closedAgainUs: number | null;
  /** Calls since then, and those with a good answer. */
  readonly callsSince: number;
  readonly goodCallsSince: number;
  /** Traces of the calls that should not have been let through, were refused without a cause, or failed since it closed. */
  readonly examples: readonly string[];
}

/**
 * Follows a breaker through the recorded spans. A call fails when it got no answer, or one of 5xx, or its span has an
 * error.
 * @param caller the service that makes the calls of the edge
 */
export async function breakerHistory(
  evidence: Evidence,
  caller: string,
  view: BreakerView,
  { fromUs, untilUs, sinceUs = 0, endUs = Number.MAX_SAFE_INTEGER, failuresToOpen, graceUs }: BreakerBounds,
): Promise<BreakerHistory> {
  const isUnderFault = 'start_us BETWEEN $from::DOUBLE AND $until::DOUBLE';
  const { examples, ...history } = await one<BreakerHistory & { examples: string[] | null }>(
    evidence,
    `WITH RECURSIVE ${PASSAGES},
     shown AS (SELECT * FROM seen WHERE start_us BETWEEN $since::DOUBLE AND $end::DOUBLE),
     passed AS (SELECT * FROM passages WHERE start_us BETWEEN $since::DOUBLE AND $end::DOUBLE),
     measured AS (SELECT greatest(min(start_us), $since::DOUBLE) AS start_us FROM phases WHERE name <> 'warmup'),
     opens AS (SELECT trace_id, start_us FROM shown WHERE state = $open),
     opens_before AS (
       SELECT o.trace_id FROM opens o, measured m WHERE o.start_us >= m.start_us AND o.start_us < $from::DOUBLE),
     first_open AS (SELECT min(start_us) AS at_us FROM opens WHERE ${isUnderFault}),
     failed AS (SELECT * FROM passed WHERE NOT good AND ${isUnderFault}),
     let_through AS (SELECT * FROM failed WHERE state IS DISTINCT FROM $half_open),
     -- What the breaker knows when a call begins: how many ended by then, less the time that it may take, since a good one.
     ends AS (
       SELECT end_us + $grace::DOUBLE AS at_us, 1 AS turn, good, CAST(NULL AS VARCHAR) AS trace_id FROM passed WHERE end_us >= $from::DOUBLE
       UNION ALL SELECT start_us, 0, CAST(NULL AS BOOLEAN), trace_id FROM let_through),
     counted AS (
       SELECT *, count(*) FILTER (NOT good) OVER (ORDER BY at_us, turn ROWS UNBOUNDED PRECEDING) AS failures FROM ends),
     known AS (
       SELECT *, failures - coalesce(
                max(failures) FILTER (good) OVER (ORDER BY at_us, turn ROWS UNBOUNDED PRECEDING), 0) AS in_a_row
       FROM counted),
     late AS (SELECT trace_id FROM known WHERE turn = 0 AND in_a_row >= $to_open),
     since_open AS (
       SELECT l.trace_id, l.start_us, max(o.start_us) AS open_us
       FROM let_through l JOIN opens o ON o.start_us < l.start_us AND o.start_us >= $from::DOUBLE
       GROUP BY l.trace_id, l.id, l.start_us),
     after_open AS (
       SELECT trace_id FROM since_open s WHERE NOT EXISTS (
         SELECT 1 FROM passed g WHERE g.good AND g.start_us > s.open_us AND g.end_us <= s.start_us)),
     last_other AS (SELECT max(start_us) AS at_us FROM shown WHERE state <> $closed),
     again AS (
       SELECT min(s.start_us) AS at_us FROM shown s, last_other o WHERE s.state = $closed AND s.start_us > o.at_us),
     since AS (SELECT p.* FROM passed p, again a WHERE p.start_us >= a.at_us),
     culprits AS (
       SELECT trace_id FROM opens_before UNION SELECT trace_id FROM late UNION SELECT trace_id FROM after_open
       UNION SELECT trace_id FROM since WHERE NOT good)
     SELECT
       (SELECT count(*) FROM shown) AS spans,
       (SELECT max(start_us) FROM shown) AS "lastSeenUs",
       (SELECT count(*) FROM opens WHERE ${isUnderFault}) AS "shortCircuited",
       (SELECT count(*) FROM opens_before) AS "openBefore",
       (SELECT at_us FROM first_open) AS "firstOpenUs",
       (SELECT count(*) FROM failed) AS failures,
       (SELECT count(*) FROM failed WHERE end_us <= $until::DOUBLE) AS "failuresEnded",
       (SELECT count(*) FROM passed p, first_open f
        WHERE NOT p.good AND p.end_us >= $from::DOUBLE AND p.end_us <= f.at_us) AS "failuresBeforeOpen",
       (SELECT count(*) FROM late) AS "lateFailures",
       (SELECT count(*) FROM after_open) AS "failuresAfterOpen",
       (SELECT state FROM shown ORDER BY start_us DESC, state LIMIT 1) AS "lastState",
       (SELECT at_us FROM again) AS "closedAgainUs",
       (SELECT count(*) FROM since) AS "callsSince",
       (SELECT count(*) FROM since WHERE good) AS "goodCallsSince",
       (SELECT list_sort(list(trace_id))[:${EXAMPLES}] FROM culprits) AS examples`,
    {
      edge: view.edge,
      service: caller,
      span: view.span,
      attribute: view.attribute,
      open: view.open,
      half_open: view.halfOpen,
      closed: view.closed,
      from: fromUs,
      until: untilUs,
      since: sinceUs,
      end: endUs,
      to_open: failuresToOpen,
      grace: graceUs,
    },
  );
  return { ...history, examples: examples ?? [] };
}
