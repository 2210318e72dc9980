import type { PathSpan } from '../../critical-path/span.ts';
import type { TraceTree, TreeSpan } from '../../critical-path/tree.ts';
import { operation, saysNothing } from './names.ts';

/** Who is called: a service that sends spans itself, a database, or somebody outside. */
export type CalleeKind = 'service' | 'database' | 'external';

/** A call that leaves a service. */
export interface Call {
  /** Of the caller's span in the tree. */
  readonly index: number;
  readonly caller: string;
  readonly callee: string;
  readonly calleeKind: CalleeKind;
  /** What is done, by the name that says most: of the call's span, of the step that makes it, or of the callee's span. */
  readonly name: string;
  /** Calls of one key are alike: caller, callee, the names of the spans on both sides. */
  readonly key: string;
  readonly lengthUs: number;
  /** No answer, or one that says that the callee failed (429, 5xx). */
  readonly failed: boolean;
}

/** What is known of the parties beside the trace itself. */
export interface Parties {
  /** Services that are somebody else's, although they send spans. */
  readonly external: ReadonlySet<string>;
  /** Services that send spans in some trace. */
  readonly seen: ReadonlySet<string>;
}

/** The calls of a trace, in the order of the tree. A trace whose spans have no kinds is read by its leaves. */
export function callsOf(tree: TraceTree, parties: Parties): readonly (Call | undefined)[] {
  const hasKinds = tree.spans.some(({ span: { kind } }) => kind === 'client');
  return tree.spans.map((each, index) => {
    const { kind } = each.span;
    const isLeaf = index > 0 && each.children.length === 0;
    const isCall = kind === 'client' || (!hasKinds && isLeaf && kind !== 'producer');
    return isCall ? callOf(tree, each, index, parties) : undefined;
  });
}

/** `caller -> callee`. */
export function edgeOf({ caller, callee }: Pick<Call, 'caller' | 'callee'>): string {
  return `${caller} -> ${callee}`;
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'SELECT']);

/** Whether what is asked for changes nothing, by its verb. */
export function onlyReads({ verb }: Pick<PathSpan, 'verb'>): boolean {
  return READS.has(verb ?? '');
}

function callOf(tree: TraceTree, at: TreeSpan, index: number, parties: Parties): Call {
  const { span } = at;
  const server = at.children.map((child) => tree.spans[child]).find((child) => child?.span.kind === 'server');
  const isOther = server && server.span.service !== span.service;
  const callee = (isOther ? server.span.service : undefined) ?? span.peer ?? span.db ?? operation(span.name);
  return {
    index,
    caller: span.service,
    callee,
    calleeKind: kindOf(at, isOther === true, callee, parties),
    name: nameOf(tree, at, server),
    key: [span.service, callee, operation(span.name), server ? operation(server.span.name) : ''].join('\n'),
    lengthUs: at.endUs - at.startUs,
    failed: span.isError || (span.httpStatus ?? 0) >= 500 || span.httpStatus === 429,
  };
}

function kindOf(
  { span }: TreeSpan,
  hasServer: boolean,
  callee: string,
  { external, seen }: Parties,
): CalleeKind {
  if (span.db !== null) return 'database';
  if (external.has(callee)) return 'external';
  return hasServer || seen.has(callee) ? 'service' : 'external';
}

function nameOf(tree: TraceTree, { span, parent }: TreeSpan, server: TreeSpan | undefined): string {
  if (!saysNothing(span.name)) return operation(span.name);
  const step = tree.spans[parent]?.span;
  if (step?.kind === 'internal' && step.service === span.service) return operation(step.name);
  return operation(server?.span.name ?? span.name);
}
