/** The spans of one trace, recorded and archived, as a forest. */
import type { Evidence } from '../contracts.ts';

export interface TraceSpan {
  readonly spanId: string;
  readonly parentId: string | null;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly isError: boolean;
  readonly statusMessage: string | null;
  readonly isRecorded: boolean;
  /** Null when the archive could not be gathered. */
  readonly isArchived: boolean | null;
}

export interface TraceNode {
  readonly span: TraceSpan;
  readonly children: readonly TraceNode[];
  /** It has a parent, which is no span of the trace and not the client. */
  readonly isOrphan: boolean;
}

/** Each span once, however often it is there; in order of time. Empty when nobody has a span of the trace. */
export async function readTrace(evidence: Evidence, traceId: string): Promise<readonly TraceSpan[]> {
  const has = { recording: evidence.sources.has('recording'), archive: evidence.sources.has('archive') };
  const tables = (['recording', 'archive'] as const).filter((table) => has[table]);
  if (tables.length === 0) return [];
  const all = tables.map((table) => `SELECT *, '${table}' AS source FROM ${table} WHERE trace_id = $traceId`);
  const rows = await evidence.query<Omit<TraceSpan, 'isArchived'> & { isArchived: boolean }>(
    `SELECT span_id AS "spanId", arg_max(parent_id, source) AS "parentId", arg_max(service, source) AS service,
            arg_max(name, source) AS name, arg_max(kind, source) AS kind,
            arg_max(start_us, source) AS "startUs", arg_max(end_us, source) AS "endUs",
            bool_or(status = 'error') AS "isError", arg_max(status_message, source) AS "statusMessage",
            bool_or(source = 'recording') AS "isRecorded", bool_or(source = 'archive') AS "isArchived"
     FROM (${all.join(' UNION ALL BY NAME ')}) GROUP BY span_id ORDER BY "startUs", "endUs" DESC, "spanId"`,
    { traceId },
  );
  return rows.map((row) => ({ ...row, isArchived: has.archive ? row.isArchived : null }));
}

/**
 * The spans as trees. What is not below any root (a parent that is its own descendant) stands as a root of its own.
 * @param clientSpanId the load driver's own span, parent of the entry span and exported by nobody
 */
export function forestOf(spans: readonly TraceSpan[], clientSpanId?: string): readonly TraceNode[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const byParent = Map.groupBy(spans, ({ parentId }) => parentId);
  const placed = new Set<string>();
  const node = (span: TraceSpan): TraceNode => {
    placed.add(span.spanId);
    const children = (byParent.get(span.spanId) ?? []).filter(({ spanId }) => !placed.has(spanId));
    const isOrphan = span.parentId !== null && span.parentId !== clientSpanId && !ids.has(span.parentId);
    return { span, isOrphan, children: children.map(node) };
  };
  const roots = spans.filter(({ parentId }) => parentId === null || !ids.has(parentId)).map(node);
  const others: TraceNode[] = [];
  for (const span of spans) if (!placed.has(span.spanId)) others.push(node(span));
  return [...roots, ...others];
}
