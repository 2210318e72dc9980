/** A span contract as SQL over recording and ledger. */
import type { SpanContract } from './span-contract.ts';

/**
 * Only traces of the ledger count, and a span counts once, however often it was exported. `orders` are the SERVER
 * spans; one without a route, as when the instrumentation lost it, is one if it was answered well on that path.
 */
export const NAMED = `WITH
  step_list AS (
    SELECT unnest(from_json($steps, '[{"name":"VARCHAR","position":"INTEGER"}]'), recursive := true)),
  required AS (
    SELECT unnest(from_json($required, '[{"answer":"INTEGER","name":"VARCHAR"}]'), recursive := true)),
  rules AS (
    SELECT unnest(from_json($rules, '[{"span":"VARCHAR","key":"VARCHAR","is":"VARCHAR","once":"VARCHAR",
      "after":"VARCHAR","unlessError":"BOOLEAN","equals":"VARCHAR"}]'), recursive := true)),
  spans AS MATERIALIZED (
    SELECT DISTINCT trace_id, span_id, parent_id, name, kind, coalesce(status = 'error', false) AS erred,
           status_message, http_route, http_status, url_path, attributes, events
    FROM recording r
    WHERE service = $service AND (kind = 'server' OR name = $root OR name IN (SELECT name FROM step_list))
      AND EXISTS (SELECT 1 FROM ledger l WHERE l.trace_id = r.trace_id)),
  orders AS (
    SELECT trace_id, span_id, http_status AS answer FROM spans
    WHERE kind = 'server'
      AND coalesce(attributes->>'$."http.request.method"', attributes->>'$."http.method"', $method) = $method
      AND (http_route = $route OR http_route IS NULL AND url_path = $route AND http_status BETWEEN 200 AND 299)),
  roots AS MATERIALIZED (
    SELECT s.trace_id, s.span_id, s.span_id AS root_id, o.span_id AS order_id, o.answer, s.name, s.erred, s.attributes
    FROM spans s JOIN orders o ON o.trace_id = s.trace_id AND o.span_id = s.parent_id
    WHERE s.name = $root),
  steps AS MATERIALIZED (
    SELECT s.trace_id, s.span_id, r.root_id, r.answer, s.name, p.position, s.erred, s.attributes
    FROM spans s
    JOIN roots r ON r.trace_id = s.trace_id AND r.span_id = s.parent_id
    JOIN step_list p ON p.name = s.name),
  reached AS MATERIALIZED (
    SELECT trace_id, root_id, answer, name, position, count(DISTINCT span_id) AS times, bool_or(erred) AS erred
    FROM steps GROUP BY trace_id, root_id, answer, name, position),
  -- A refusal leaves no error on a span, but it ends the work and is answered with 4xx.
  passed AS (
    SELECT trace_id, root_id, name FROM reached x
    WHERE NOT erred AND (coalesce(answer, 0) NOT BETWEEN 400 AND 499 OR EXISTS (
      SELECT 1 FROM reached later
      WHERE later.trace_id = x.trace_id AND later.root_id = x.root_id AND later.position > x.position))),
  holders AS (
    SELECT trace_id, span_id, root_id, name, erred, attributes FROM roots
    UNION ALL SELECT trace_id, span_id, root_id, name, erred, attributes FROM steps),
  checked AS (
    SELECT h.trace_id, h.span_id, h.name, rules.key, rules.is AS wanted, rules.equals,
           json_type(h.attributes, '$."' || rules.key || '"') AS type,
           h.attributes->>('$."' || rules.key || '"') AS value,
           r.attributes->>('$."' || rules.equals || '"') AS other
    FROM holders h
    JOIN rules ON rules.span = h.name
    JOIN roots r ON r.trace_id = h.trace_id AND r.root_id = h.root_id
    LEFT JOIN (SELECT DISTINCT trace_id, root_id, name FROM reached) o
      ON o.trace_id = h.trace_id AND o.root_id = h.root_id AND o.name = rules.once
    LEFT JOIN (SELECT DISTINCT trace_id, root_id, name FROM passed) a
      ON a.trace_id = h.trace_id AND a.root_id = h.root_id AND a.name = rules.after
    WHERE NOT (rules."unlessError" AND h.erred)
      AND (rules.once IS NULL OR o.name IS NOT NULL) AND (rules.after IS NULL OR a.name IS NOT NULL)),
  judged AS MATERIALIZED (
    SELECT *, coalesce(CASE wanted
      WHEN 'text' THEN type = 'VARCHAR' AND trim(value) <> ''
      WHEN 'boolean' THEN type = 'BOOLEAN'
      WHEN 'count' THEN type IN ('UBIGINT', 'BIGINT') AND TRY_CAST(value AS DOUBLE) >= 1
      WHEN 'amount' THEN type IN ('UBIGINT', 'BIGINT', 'DOUBLE') AND TRY_CAST(value AS DOUBLE) > 0 END, false) AS valid
    FROM checked),
  failed AS (SELECT * FROM spans WHERE erred AND (name = $root OR name IN (SELECT name FROM step_list)))`;

/** The parameters that NAMED uses. */
export function contractParameters(contract: SpanContract): Readonly<Record<string, string>> {
  const { service, method, route, root, steps, complete, attributes } = contract;
  return {
    service,
    method,
    route,
    root,
    steps: JSON.stringify(steps.map((name, index) => ({ name, position: index + 1 }))),
    required: JSON.stringify(
      Object.entries(complete).flatMap(([answer, names]) =>
        names.map((name) => ({ answer: Number(answer), name })),
      ),
    ),
    rules: JSON.stringify(attributes),
  };
}
