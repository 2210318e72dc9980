import type { Receiver, Span } from './otlp.ts';
import { until } from './processes.ts';

/**
 * The trace, once it is complete: the gateway's server span is there, no span's parent is missing, and each call to
 * another service that was answered has the callee's span.
 */
export function completeTrace(
  receiver: Receiver,
  traceId: string,
  root = 'api-gateway',
  rootKind: Span['kind'] = 'server',
): Promise<Span[]> {
  return until(
    () => `the trace ${traceId} is complete:\n${outline(receiver.trace(traceId))}`,
    () => {
      const spans = receiver.trace(traceId);
      return isComplete(spans, root, rootKind) && spans;
    },
  );
}

function isComplete(spans: readonly Span[], root: string, rootKind: Span['kind']): boolean {
  const ids = new Set(spans.map((span) => span.spanId));
  const parents = new Set(spans.map((span) => span.parentId));
  const isRoot = (span: Span) => span.service === root && span.kind === rootKind;
  const unanswered = ({ kind, attributes, spanId }: Span) =>
    kind === 'client' &&
    attributes['peer.service'] !== 'database' &&
    attributes['http.response.status_code'] !== undefined &&
    !parents.has(spanId);
  return (
    spans.some(isRoot) &&
    spans.every((span) => isRoot(span) || ids.has(span.parentId ?? '')) &&
    !spans.some(unanswered)
  );
}

/** The spans as an indented tree, in order of their start: `service: name`, and `!` behind an error. */
export function outline(spans: readonly Span[]): string {
  const ids = new Set(spans.map((span) => span.spanId));
  const byStart = [...spans].sort((a, b) => a.startMs - b.startMs);
  const lines = (parent: (span: Span) => boolean, indent: string): string[] =>
    byStart.filter(parent).flatMap((span) => {
      const mark = span.status === 'error' ? ' !' : '';
      const below = lines((child) => child.parentId === span.spanId, `${indent}  `);
      return [
        `${indent}${span.service}: ${span.kind === 'client' ? '-> ' : ''}${span.name}${mark}`,
        ...below,
      ];
    });
  return lines((span) => !ids.has(span.parentId ?? ''), '').join('\n');
}

/** The one span of that name; fails when there is none, or more than one. */
export function only(spans: readonly Span[], name: string): Span {
  const [span, ...more] = spans.filter((each) => each.name === name);
  if (!span || more.length > 0) throw new Error(`not one span ${name}:\n${outline(spans)}`);
  return span;
}
