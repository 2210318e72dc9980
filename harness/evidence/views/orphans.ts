/** The view `orphans`: a row a recorded span whose parent was not recorded, see OrphanRow in harness/contracts.ts. */

/**
 * The costliest look at a recording, since each span is compared with all others of its trace: who needs an entry span
 * or a broken hop takes it from here.
 * @param recording the spans: whole traces of the recording
 */
export function orphansSql(recording: string): string {
  return `
    SELECT trace_id, span_id, parent_id, service, kind, start_us, end_us, url_path
    FROM ${recording} AS span
    WHERE parent_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM ${recording} AS parent
                      WHERE parent.trace_id = span.trace_id AND parent.span_id = span.parent_id)`;
}
