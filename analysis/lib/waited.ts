import { PART } from './part.ts';

/** A span may end this much after its parent and still have been waited for: clocks tick, and an event loop is late. */
const LATE_US = 2000;

/**
 * Named subqueries that end with `waited`, for a statement WITH RECURSIVE and the parameters $entry, the entry service, and
 * $every, see PART.
 * `entries`  a row a request that the entry service recorded: trace_id, start_us and end_us of its SERVER span
 * `waited`   a row a CLIENT span of such a trace: trace_id, span_id, is_waited
 *
 * A call is waited for when the answer to the request comes after it. It is not when it begins or ends later than the
 * entry span or its own parent, or when it is made by the consumer of a message. Calls of traces without an entry
 * span are work that a service does by itself, and stand in no row.
 *
 * critical-path/tree.ts asks the same of each span of one trace, by its parents alone, since it also reads files whose
 * hosts have clocks of their own.
 */
export const WAITED = `
  ${PART},
  entries AS MATERIALIZED (
    SELECT trace_id, min(start_us) AS start_us, arg_min(end_us, start_us) AS end_us
    FROM part AS span
    WHERE kind = 'server' AND service = $entry
      AND NOT EXISTS (SELECT 1 FROM part AS parent
                      WHERE parent.trace_id = span.trace_id AND parent.span_id = span.parent_id)
    GROUP BY trace_id),
  apart AS (
    SELECT trace_id, span_id FROM part
    WHERE kind = 'consumer' AND trace_id IN (SELECT trace_id FROM entries)
    UNION
    SELECT r.trace_id, r.span_id FROM part r JOIN apart a ON r.trace_id = a.trace_id AND r.parent_id = a.span_id),
  waited AS MATERIALIZED (
    SELECT c.trace_id, c.span_id,
           bool_and(c.end_us <= e.end_us + ${LATE_US} AND coalesce(c.end_us <= p.end_us + ${LATE_US}, true)
             AND a.span_id IS NULL) AS is_waited
    FROM part c
    JOIN entries e ON e.trace_id = c.trace_id
    LEFT JOIN part p ON p.trace_id = c.trace_id AND p.span_id = c.parent_id
    LEFT JOIN apart a ON a.trace_id = c.trace_id AND a.span_id = c.span_id
    WHERE c.kind = 'client' GROUP BY c.trace_id, c.span_id)`;

/** An SQL condition on a call: it got no answer, or one of 5xx. An answer of 4xx is a refusal, whatever the span's status. */
export const FAILED = `coalesce(http_status >= 500, status = 'error')`;
