/** The view `calls`: a row a call over an edge of the system, see CallRow in harness/contracts.ts. */
import type { Edge } from '../../contracts.ts';
import { literal } from '../tables.ts';

/**
 * The caller's CLIENT span joined to its child SERVER span. Who was called is the service of that child; when the
 * callee recorded none (the call failed on the way), it is the attribute `peer.service`. A client span with a
 * database system is a call to `database`. Calls that are no edge of the system are left out.
 * @param recording the table or a subquery in parentheses that stands for it; whole traces
 */
export function callsSql(edges: readonly Edge[], recording: string): string {
  const rows = edges.map(({ id, from, to }) => `(${literal(id)}, ${literal(from)}, ${literal(to)})`);
  const edgeTable =
    rows.length === 0
      ? `SELECT '' AS edge, '' AS caller, '' AS callee WHERE false`
      : `SELECT * FROM (VALUES ${rows.join(', ')}) AS v(edge, caller, callee)`;
  return `
    WITH edges AS (${edgeTable}),
    servers AS (
      -- A retried call can have two server spans; the first stands for the call.
      SELECT trace_id, parent_id, min(start_us) AS start_us,
             arg_min(service, start_us) AS service, arg_min(span_id, start_us) AS span_id
      FROM ${recording} WHERE kind = 'server' AND parent_id IS NOT NULL GROUP BY trace_id, parent_id),
    clients AS (
      SELECT trace_id, span_id, parent_id, service, start_us, end_us, status, http_status, peer_service, db_system, url_path AS path,
             CASE WHEN db_system IS NULL THEN
               coalesce(attributes->>'$."http.request.method"', attributes->>'$."http.method"', name) END AS method
      FROM ${recording} WHERE kind = 'client')
    SELECT edges.edge, c.trace_id, c.span_id, c.service AS caller, edges.callee, c.start_us, c.end_us, c.status,
           c.http_status, s.span_id AS server_span_id, c.parent_id, c.method, c.path
    FROM clients c
    LEFT JOIN servers s ON s.trace_id = c.trace_id AND s.parent_id = c.span_id
    JOIN edges ON edges.caller = c.service
      AND edges.callee = CASE WHEN c.db_system IS NOT NULL THEN 'database' ELSE coalesce(s.service, c.peer_service) END`;
}
