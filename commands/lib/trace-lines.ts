import { styleText } from 'node:util';
import type { FateRow, LedgerRow } from '../../harness/contracts.ts';
import type { TraceNode, TraceSpan } from '../../harness/evidence/trace-spans.ts';
import { plain } from '../../reports/lib/text.ts';

/** What the client asked for and got; nothing when no request has this trace. */
export function requestLine(request: LedgerRow | undefined): string {
  if (!request) return 'no request of the load has this trace';
  const { route, method, path, phase, status, error, latency_us } = request;
  const answer =
    status === null
      ? 'no record of an answer'
      : status === 0
        ? `no answer (${error ?? '?'})`
        : String(status);
  const took = latency_us === null ? '' : ` after ${milliseconds(latency_us)}`;
  return `${route}: ${method} ${path} in ${phase}, ${answer}${took}`;
}

export function fateLine({ promise, promised, predicted, policy, observed, lost_stage }: FateRow): string {
  const lost = lost_stage === null ? '' : `, lost by ${lost_stage}`;
  return `promised ${promised}${promise ? ` (${promise})` : ''}, predicted ${predicted}${policy ? ` (${policy})` : ''}, observed ${observed}${lost}`;
}

export interface TreeLook {
  readonly color: boolean;
  /** Whether the trace must be kept: what is not kept of it is lost. */
  readonly isPromised: boolean;
}

/** A line a span, children below their parent and further in: when it began, who, what, how long, and whether it was kept. */
export function treeLines(forest: readonly TraceNode[], { color, isPromised }: TreeLook): readonly string[] {
  const startUs = Math.min(...forest.map(({ span }) => span.startUs));
  const rows: { readonly text: string; readonly span: TraceSpan; readonly isOrphan: boolean }[] = [];
  const add = ({ span, children, isOrphan }: TraceNode, depth: number): void => {
    rows.push({ text: plain(`${'  '.repeat(depth)}${span.service}: ${span.name}`), span, isOrphan });
    for (const child of children) add(child, depth + 1);
  };
  for (const root of forest) add(root, 0);
  const width = Math.max(...rows.map(({ text }) => text.length));
  return rows.map(({ text, span, isOrphan }) => {
    const line = [
      `+${milliseconds(span.startUs - startUs)}`.padStart(11),
      text.padEnd(width),
      span.kind.padEnd(8),
      milliseconds(span.endUs - span.startUs).padStart(10),
      plain(marks(span, isOrphan, isPromised).join('  ')),
    ].join('  ');
    return color && span.isError ? styleText('red', line, { validateStream: false }) : line;
  });
}

function marks(span: TraceSpan, isOrphan: boolean, isPromised: boolean): readonly string[] {
  const absent = isPromised ? 'LOST' : 'not kept';
  return [
    span.isArchived === null ? 'archive unknown' : span.isArchived ? 'kept' : absent,
    ...(span.isError ? [`ERROR${span.statusMessage ? ` ${span.statusMessage}` : ''}`] : []),
    ...(span.isRecorded ? [] : ['not in the recording']),
    ...(isOrphan ? [`parent ${span.parentId} is not here`] : []),
  ];
}

function milliseconds(us: number): string {
  const ms = us / 1000;
  return `${ms.toLocaleString('en-US', { maximumFractionDigits: ms < 100 ? 1 : 0 })} ms`;
}
