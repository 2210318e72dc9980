import type { PathSpan } from './span.ts';

/**
 * Each span once, however often it was delivered, in an order that does not depend on that of the delivery: by start, the longer
 * first, by id. Of copies that differ, the one that lasts longest stands: a copy may have been sent before its end.
 */
export function uniqueSpans(spans: readonly PathSpan[]): readonly PathSpan[] {
  const sorted = [...spans].sort(compareSpans);
  if (new Set(sorted.map(({ spanId }) => spanId)).size === sorted.length) return sorted;
  const byId = new Map<string, PathSpan>();
  for (const span of sorted) {
    const known = byId.get(span.spanId);
    if (!known || lengthUs(span) > lengthUs(known)) byId.set(span.spanId, span);
  }
  return [...byId.values()].sort(compareSpans);
}

/** Total: spans that are equal by it are equal in all that decides where they stand in the tree. */
function compareSpans(a: PathSpan, b: PathSpan): number {
  return (
    a.startUs - b.startUs ||
    b.endUs - a.endUs ||
    compareText(a.spanId, b.spanId) ||
    compareText(a.parentId ?? '', b.parentId ?? '') ||
    compareText(a.service, b.service) ||
    compareText(a.name, b.name) ||
    compareText(a.kind, b.kind)
  );
}

/** Never negative: a span that ends before it begins lasts no time. */
export function lengthUs({ startUs, endUs }: Pick<PathSpan, 'startUs' | 'endUs'>): number {
  return Math.max(0, endUs - startUs);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
