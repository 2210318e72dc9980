/**
 * SQL that blames each bad call, and each call that should have been made and was not, on an edge: from spans alone.
 *
 * A call is bad by itself when it failed although its callee did not, or when it took long although its callee did not:
 *   - own error: the CLIENT span has an error, and its SERVER span is missing, or ended well before the caller gave up;
 *   - own time: the CLIENT span's time beyond its SERVER span's (all of it for a callee without spans, such as a database).
 * An error that the callee had as well, or a wait for a callee that was still at work, is passed on and not blamed here: the
 * callee's own calls explain it. So trouble is followed down to the deepest call that has it, and no further.
 *
 * A part of a trace (a SERVER or CONSUMER span with what its service did below it) that failed without a failed call is
 * explained by the first call that such parts usually make and that it did not, or by one that has just failed elsewhere: a database driver that gets no
 * connection makes no span, and an open circuit breaker makes no call. A part that took long by itself before a call to a
 * database, of which other calls are in trouble, has waited for a connection. What then is left of failed and slow parts is the service's own doing: its
 * rows have the service at both ends.
 */

/** An edge by its ends, as the spans name them, or a service itself. */
export interface BlameRow {
  readonly caller: string;
  readonly callee: string;
  /** Number of the bin of time, from that of the first span. */
  readonly bin: number;
  /** Calls that began, and calls that were missing; parts of traces, of a service itself. */
  readonly attempts: number;
  readonly failed: number;
  readonly slow: number;
  readonly missing: number;
  /** Sum of the slow calls' own time beyond the usual, microseconds; of each call a second at most. */
  readonly lostUs: number;
  /** The same without a limit. */
  readonly slowerUs: number;
}

/** A part of a trace is slow by itself from so much more than five times the usual on: it holds code, which has its moods. */
const PART_MORE_US = 100_000;
/** A call is slow when its own time is so many times the usual, and so much longer. */
const SLOW_TIMES = 5;
const SLOW_MORE_US = 18_000;
/** Its own time must be this share of all its time, or the callee explains it. */
const SLOW_SHARE = 0.2;
/** What is usual, of times: so low a quantile that it stays the usual while most are slow, as in an archive. */
const USUAL_QUANTILE = 0.1;
/** Share of the parts of a kind that make a call, for the call to be expected of each. */
const EXPECTED_SHARE = 0.5;
const LEAST_PARTS = 5;
/** A call that is not made because such calls have failed (an open breaker) comes so soon after one of them. */
const MEMORY_US = 5_000_000;
/** What one slow call weighs at most: as much as one that failed. */
const MOST_LOST_US = 1_000_000;

/** Where spans are: all of them, or what a sampling pipeline has kept. */
export type SpanTable = 'recording' | 'archive';

/**
 * @param binUs width of a bin
 */
export function blameSql(table: SpanTable, binUs: number): string {
  return `
    WITH spans AS (
      SELECT DISTINCT ON (trace_id, span_id) trace_id, span_id, parent_id, service, name, kind, start_us, end_us,
             http_status, peer_service, db_system,
             -- A refusal (4xx) is an answer.
             status = 'error' AND NOT coalesce(http_status BETWEEN 400 AND 499, false) AS err
      FROM ${table}),
    servers AS (
      SELECT trace_id, parent_id, min(start_us) AS start_us, arg_min(end_us, start_us) AS end_us,
             arg_min(service, start_us) AS service, arg_min(err, start_us) AS err
      FROM spans WHERE kind = 'server' AND parent_id IS NOT NULL GROUP BY trace_id, parent_id),
    calls_made AS (
      SELECT c.trace_id, c.service AS caller, c.start_us, c.end_us, c.err,
             CASE WHEN c.db_system IS NOT NULL THEN 'database' ELSE coalesce(s.service, c.peer_service) END AS callee,
             -- Not coalesce: least and greatest pass over a NULL.
             c.end_us - c.start_us - CASE WHEN s.trace_id IS NULL THEN 0
               ELSE greatest(0, least(s.end_us, c.end_us) - greatest(s.start_us, c.start_us)) END AS own_us,
             c.err AND (s.trace_id IS NULL OR (NOT s.err AND s.end_us < c.end_us)) AS own_error
      FROM spans c LEFT JOIN servers s ON s.trace_id = c.trace_id AND s.parent_id = c.span_id
      WHERE c.kind = 'client'),
    usual AS (
      SELECT caller, callee, quantile_cont(own_us, ${USUAL_QUANTILE}) AS own_us
      FROM calls_made WHERE callee IS NOT NULL AND NOT err GROUP BY caller, callee),
    called AS (
      SELECT c.*, greatest(0, c.own_us - coalesce(u.own_us, 0)) AS lost_us,
             coalesce(NOT c.own_error
               AND c.own_us > greatest(${SLOW_TIMES} * u.own_us, u.own_us + ${SLOW_MORE_US})
               AND c.own_us > ${SLOW_SHARE} * (c.end_us - c.start_us), false) AS own_slow
      FROM calls_made c LEFT JOIN usual u ON u.caller = c.caller AND u.callee = c.callee
      WHERE c.callee IS NOT NULL AND c.callee <> c.caller),
    -- A service's part of a trace.
    parts AS (
      SELECT trace_id, span_id, service, name, start_us, end_us FROM spans WHERE kind IN ('server', 'consumer')),
    part_state AS (
      SELECT p.trace_id, p.span_id, bool_or(s.err) AS err
      FROM parts p JOIN spans s ON s.trace_id = p.trace_id AND s.service = p.service
        AND s.start_us >= p.start_us AND s.start_us <= p.end_us AND s.kind <> 'client'
      GROUP BY p.trace_id, p.span_id),
    part_calls AS (
      SELECT p.trace_id, p.span_id, c.callee, min(c.start_us) - any_value(p.start_us) AS offset_us,
             bool_or(c.err) AS err, sum(least(c.end_us, p.end_us) - c.start_us) AS took_us
      FROM parts p JOIN called c ON c.trace_id = p.trace_id AND c.caller = p.service
        AND c.start_us >= p.start_us AND c.start_us <= p.end_us
      GROUP BY p.trace_id, p.span_id, c.callee),
    healthy AS (
      SELECT p.service, p.name, p.trace_id, p.span_id, count(*) OVER (PARTITION BY p.service, p.name) AS parts
      FROM parts p JOIN part_state t ON t.trace_id = p.trace_id AND t.span_id = p.span_id WHERE NOT t.err),
    expected AS (
      SELECT h.service, h.name, c.callee, quantile_cont(c.offset_us, ${USUAL_QUANTILE}) AS offset_us
      FROM healthy h JOIN part_calls c ON c.trace_id = h.trace_id AND c.span_id = h.span_id
      WHERE h.parts >= ${LEAST_PARTS}
      GROUP BY h.service, h.name, c.callee HAVING count(*) >= ${EXPECTED_SHARE} * any_value(h.parts)),
    unexplained AS (
      SELECT p.* FROM parts p JOIN part_state t ON t.trace_id = p.trace_id AND t.span_id = p.span_id
      WHERE t.err AND NOT EXISTS (
        SELECT 1 FROM part_calls c WHERE c.trace_id = p.trace_id AND c.span_id = p.span_id AND c.err)),
    failures AS (
      SELECT DISTINCT caller, callee, start_us // ${MEMORY_US} + later AS stretch
      FROM called, (VALUES (-1), (0), (1)) AS near(later) WHERE own_error),
    -- By kind of part: what it was seen to call, and whether that is expected of each.
    known AS (
      SELECT DISTINCT p.service, p.name, c.callee, x.offset_us, x.callee IS NOT NULL AS expected
      FROM part_calls c JOIN parts p ON p.trace_id = c.trace_id AND p.span_id = c.span_id
      LEFT JOIN expected x ON x.service = p.service AND x.name = p.name AND x.callee = c.callee),
    missing AS (
      SELECT u.trace_id, u.span_id, u.service AS caller, u.start_us,
             -- Of several, one that has just failed; else the first, without which there are no others.
             arg_min(k.callee, (CASE WHEN f.callee IS NULL THEN 1 ELSE 0 END, coalesce(k.offset_us, 0))) AS callee
      FROM unexplained u JOIN known k ON k.service = u.service AND k.name = u.name
      LEFT JOIN failures f ON f.caller = u.service AND f.callee = k.callee AND f.stretch = u.start_us // ${MEMORY_US}
      WHERE (k.expected OR f.callee IS NOT NULL) AND NOT EXISTS (
        SELECT 1 FROM part_calls c
        WHERE c.trace_id = u.trace_id AND c.span_id = u.span_id AND c.callee = k.callee)
      GROUP BY u.trace_id, u.span_id, u.service, u.start_us),
    -- Not failed, but long by itself; calls that overlap count each, which never makes it longer.
    own_times AS (
      SELECT p.trace_id, p.span_id, p.service, p.name, p.start_us, any_value(t.err) AS err,
             greatest(0, any_value(p.end_us) - p.start_us - coalesce(sum(c.took_us), 0)) AS own_us,
             any_value(c.offset_us) FILTER (WHERE c.callee = 'database') AS database_us
      FROM parts p JOIN part_state t ON t.trace_id = p.trace_id AND t.span_id = p.span_id
      LEFT JOIN part_calls c ON c.trace_id = p.trace_id AND c.span_id = p.span_id
      GROUP BY p.trace_id, p.span_id, p.service, p.name, p.start_us),
    -- Services whose calls to a database are in trouble of their own: connections are held.
    hurt AS (
      SELECT DISTINCT caller, start_us // ${MEMORY_US} + later AS stretch
      FROM called, (VALUES (-1), (0), (1)) AS near(later) WHERE callee = 'database' AND (own_error OR own_slow)),
    own_usual AS (
      SELECT service, name, quantile_cont(own_us, ${USUAL_QUANTILE}) AS own_us FROM own_times GROUP BY service, name),
    long_parts AS (
      SELECT o.service, o.start_us, o.own_us - u.own_us AS lost_us,
             e.callee IS NOT NULL AND h.caller IS NOT NULL
               AND coalesce(o.database_us > e.offset_us + ${PART_MORE_US}, true) AS waited
      FROM own_times o JOIN own_usual u ON u.service = o.service AND u.name = o.name
      LEFT JOIN expected e ON e.service = o.service AND e.name = o.name AND e.callee = 'database'
      LEFT JOIN hurt h ON h.caller = o.service AND h.stretch = o.start_us // ${MEMORY_US}
      WHERE NOT o.err AND o.own_us > greatest(${SLOW_TIMES} * u.own_us, u.own_us + ${PART_MORE_US})),
    own_failures AS (
      SELECT u.service, u.start_us FROM unexplained u
      WHERE NOT EXISTS (SELECT 1 FROM missing m WHERE m.trace_id = u.trace_id AND m.span_id = u.span_id)),
    events AS (
      SELECT caller, callee, start_us, 1 AS attempts, own_error AS failed, own_slow AS slow, false AS missing,
             CASE WHEN own_slow THEN lost_us ELSE 0 END AS lost_us FROM called
      UNION ALL SELECT caller, callee, start_us, 1, false, false, true, 0 FROM missing
      UNION ALL SELECT service, CASE WHEN waited THEN 'database' ELSE service END, start_us,
                       CASE WHEN waited THEN 1 ELSE 0 END, false, true, false, lost_us
                FROM long_parts
      UNION ALL SELECT service, service, start_us, 0, true, false, false, 0 FROM own_failures
      UNION ALL SELECT service, service, start_us, 1, false, false, false, 0 FROM parts)
    SELECT caller, callee, CAST((start_us - (SELECT min(start_us) FROM spans)) // ${binUs} AS INTEGER) AS bin,
           CAST(sum(attempts) AS INTEGER) AS attempts, count(*) FILTER (WHERE failed) AS failed, count(*) FILTER (WHERE slow) AS slow,
           count(*) FILTER (WHERE missing) AS missing, CAST(sum(least(lost_us, ${MOST_LOST_US})) AS DOUBLE) AS "lostUs",
           CAST(sum(lost_us) AS DOUBLE) AS "slowerUs"
    FROM events GROUP BY ALL ORDER BY caller, callee, bin`;
}
