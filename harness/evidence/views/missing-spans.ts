/** The table `missing_spans`: spans that must have been made and were not recorded, see MissingSpanRow in harness/contracts.ts. */
import type { RunRecord } from '../../contracts.ts';
import { literal } from '../tables.ts';
import { sdkStageSql } from './sdk-stage.ts';

/**
 * Three things tell of a span that is not there: an answer that the client got (the entry span), a recorded span whose parent
 * is missing, and an answered call to a service that records (its server span). Only traces of requests count. A missing
 * span hides those below it, so there may have been more. Needs the tables ledger, recording, traces, calls, losses, outages.
 */
export function missingSpansSql({ entry, edges }: RunRecord['system']): string {
  const rows = edges.map(({ from, to }) => `(${literal(from)}, ${literal(to)})`);
  const edgeTable =
    rows.length === 0
      ? `SELECT '' AS caller, '' AS callee WHERE false`
      : `SELECT * FROM (VALUES ${rows.join(', ')}) AS v(caller, callee)`;
  return `
    WITH callers AS (
      -- Whose client span a server span's parent is: one of those that call it.
      SELECT callee, string_agg(DISTINCT caller, ' | ' ORDER BY caller) AS caller FROM (${edgeTable}) GROUP BY callee),
    requests AS (SELECT DISTINCT ON (trace_id) trace_id, span_id, status, sent_us + latency_us AS end_us FROM ledger ORDER BY seq),
    entries AS (
      SELECT l.trace_id, NULL::VARCHAR AS span_id, ${literal(entry)} AS service, l.end_us AS at_us
      FROM requests l LEFT JOIN traces t ON t.trace_id = l.trace_id
      WHERE l.status > 0 AND t.entry_us IS NULL),
    children AS (
      SELECT r.trace_id, r.parent_id AS span_id, CASE WHEN r.kind = 'server' THEN c.caller ELSE r.service END AS service,
             r.kind, r.end_us AS at_us
      FROM recording r JOIN requests l ON l.trace_id = r.trace_id LEFT JOIN callers c ON c.callee = r.service
      WHERE r.parent_id IS NOT NULL AND r.parent_id <> l.span_id
        AND NOT EXISTS (SELECT 1 FROM recording p WHERE p.trace_id = r.trace_id AND p.span_id = r.parent_id)),
    parents AS (
      SELECT trace_id, span_id, coalesce(min(service) FILTER (WHERE kind <> 'server'), min(service), '') AS service,
             max(at_us) AS at_us
      FROM children
      -- The parent of the entry service's own spans may be its entry span, which is counted already.
      WHERE NOT (service = ${literal(entry)} AND trace_id IN (SELECT trace_id FROM entries))
      GROUP BY trace_id, span_id),
    recording_services AS (SELECT DISTINCT service FROM recording),
    callees AS (
      SELECT c.trace_id, NULL::VARCHAR AS span_id, c.callee AS service, max(c.end_us) AS at_us
      FROM calls c JOIN requests l ON l.trace_id = c.trace_id
      WHERE c.http_status IS NOT NULL AND c.server_span_id IS NULL
        AND c.callee IN (SELECT service FROM recording_services)
        -- What it did tells of the same span, and by its id.
        AND NOT EXISTS (SELECT 1 FROM parents p WHERE p.trace_id = c.trace_id AND p.service = c.callee)
      GROUP BY c.trace_id, c.span_id, c.callee),
    missing AS (FROM entries UNION ALL FROM parents UNION ALL FROM callees)
    SELECT missing.*, ${sdkStageSql('missing.service', 'missing.at_us')} AS lost_stage FROM missing`;
}
