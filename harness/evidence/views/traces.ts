/** The view `traces`: a row a recorded trace, see TraceRow in harness/contracts.ts. */
import { literal } from '../tables.ts';

/**
 * Needs the tables recording and orphans. The entry span is the SERVER span of the entry service whose parent is not
 * recorded: its parent is the load driver's own span, which is never exported. If there are several, the first.
 * @param entry name of the entry service
 */
export function tracesSql(entry: string): string {
  return `
    WITH entries AS (
      SELECT trace_id, arg_min(url_path, start_us) AS path, arg_min(end_us - start_us, start_us) AS entry_us
      FROM (SELECT trace_id, url_path, start_us, end_us, kind, service FROM recording WHERE parent_id IS NULL
            UNION ALL SELECT trace_id, url_path, start_us, end_us, kind, service FROM orphans)
      WHERE kind = 'server' AND service = ${literal(entry)}
      GROUP BY trace_id)
    SELECT t.trace_id, t.spans, t.start_us, t.end_us, t.has_error, e.path, e.entry_us
    FROM (SELECT trace_id, count(DISTINCT span_id) AS spans, min(start_us) AS start_us, max(end_us) AS end_us,
                 bool_or(status = 'error') AS has_error
          FROM recording GROUP BY trace_id) t
    LEFT JOIN entries e ON e.trace_id = t.trace_id`;
}
