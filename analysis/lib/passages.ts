/**
 * The calls of an edge as a breaker lets them pass, in SQL. Parameters: $edge, $service (its caller), $span and
 * $attribute (where the breaker shows itself).
 *
 * `seen`      a row a span with the breaker's state: trace_id, start_us, state
 * `passages`  a row a decision to let through, which may be several calls, when one is tried again: trace_id, start_us
 *             (of the span with the state), end_us and good of its last call, state
 *
 * The span of a call is the nearest one above it in the same service. A call that has none did not pass by the
 * breaker: it counts as a passage of its own without a state, unless it belongs to work that the service began by
 * itself. A span counts once, however often it was delivered.
 */
export const PASSAGES = `
  made AS (
    SELECT trace_id, span_id, min(start_us) AS start_us, max(end_us) AS end_us,
           bool_and(coalesce(http_status < 500 AND status <> 'error', false)) AS good
    FROM calls WHERE edge = $edge GROUP BY trace_id, span_id),
  own AS MATERIALIZED (
    SELECT DISTINCT trace_id, span_id, parent_id, kind, name, start_us,
           CASE WHEN name = $span THEN attributes->>('$."' || $attribute || '"') END AS state
    FROM recording WHERE service = $service AND (name = $span OR trace_id IN (SELECT trace_id FROM made))),
  seen AS (SELECT trace_id, start_us, state FROM own WHERE state IS NOT NULL),
  walk AS (
    SELECT m.trace_id, m.span_id AS call_id, o.span_id, o.parent_id, o.kind, o.name, 0 AS depth
    FROM made m JOIN own o ON o.trace_id = m.trace_id AND o.span_id = m.span_id
    UNION ALL
    SELECT w.trace_id, w.call_id, o.span_id, o.parent_id, o.kind, o.name, w.depth + 1
    FROM walk w JOIN own o ON o.trace_id = w.trace_id AND o.span_id = w.parent_id
    WHERE w.name <> $span AND w.depth < 50),
  tops AS (
    SELECT trace_id, call_id,
           arg_max({span_id: span_id, name: name, isOwnWork: parent_id IS NULL AND kind <> 'server'}, depth) AS top
    FROM walk GROUP BY trace_id, call_id),
  guarded AS (
    SELECT m.*, CASE WHEN t.top.name = $span THEN t.top.span_id END AS guard_id
    FROM made m JOIN tops t ON t.trace_id = m.trace_id AND t.call_id = m.span_id
    WHERE t.top.name = $span OR NOT t.top."isOwnWork"),
  passages AS MATERIALIZED (
    SELECT g.trace_id, coalesce(g.guard_id, g.span_id) AS id, min(coalesce(o.start_us, g.start_us)) AS start_us,
           max(g.end_us) AS end_us, arg_max(g.good, g.end_us) AS good, any_value(o.state) AS state
    FROM guarded g LEFT JOIN own o ON o.trace_id = g.trace_id AND o.span_id = g.guard_id
    GROUP BY g.trace_id, coalesce(g.guard_id, g.span_id))`;
