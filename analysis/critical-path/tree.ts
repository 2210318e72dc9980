import { skewUs } from './clock-skew.ts';
import { readyUs } from './ready.ts';
import { type PathSpan, TOLERANCE_US } from './span.ts';
import { lengthUs, uniqueSpans } from './unique.ts';

/** A span that the root waits for, directly or by others; times in microseconds, corrected, and within the parent's. */
export interface TreeSpan {
  readonly span: PathSpan;
  readonly startUs: number;
  readonly endUs: number;
  /** Index of the parent; -1 for the root. */
  readonly parent: number;
  /** Indexes of the children that it waits for, by readyUs (ties: by start, by id). */
  readonly children: readonly number[];
}

export interface TraceTree {
  readonly traceId: string;
  /** The root first, each parent before its children. */
  readonly spans: readonly TreeSpan[];
  readonly notes: TreeNotes;
}

/** What was done to the trace, or left out of it, in spans. */
export interface TreeNotes {
  /** Delivered more than once. */
  readonly duplicates: number;
  /** Moved, since the clock of their host differs. */
  readonly moved: number;
  /** Nobody waits for them: consumers, what only follows, what outlives its parent; with all that is below. */
  readonly async: number;
  /** The parent is not there; placed below the shortest span that encloses them. */
  readonly placed: number;
  /** Below no span of the tree. */
  readonly left: number;
}

interface Draft {
  readonly span: PathSpan;
  readonly startUs: number;
  readonly endUs: number;
  readonly parent: number;
  readonly children: number[];
  /** Of the host's clock against the root's. */
  readonly deltaUs: number;
}

/**
 * The spans of one trace as the tree of those that its root waits for; undefined when there is no span. The root is the span
 * without a parent, else the one whose parent is not there; of several the longest. It does not matter in which order
 * the spans come.
 */
export function buildTree(delivered: readonly PathSpan[]): TraceTree | undefined {
  const spans = uniqueSpans(delivered);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const tops = spans.filter(
    ({ spanId, parentId }) => parentId === null || parentId === spanId || !ids.has(parentId),
  );
  // Without one, each span is below another: a cycle, which is cut at the longest.
  const root = (tops.length > 0 ? tops : spans).reduce<PathSpan | undefined>(likelierRoot, undefined);
  if (!root) return undefined;
  const growth = new Growth(spans);
  growth.add(root, -1);
  const orphans = tops.filter((span) => span !== root && span.parentId !== null && span.kind !== 'consumer');
  for (const orphan of orphans.sort((a, b) => lengthUs(b) - lengthUs(a))) growth.place(orphan);
  return growth.finish(root.traceId, delivered.length - spans.length, spans.length);
}

function likelierRoot(best: PathSpan | undefined, span: PathSpan): PathSpan {
  if (!best) return span;
  const rank = (each: PathSpan) => (each.parentId === null ? 2 : 0) + (each.kind === 'consumer' ? 0 : 1);
  if (rank(span) !== rank(best)) return rank(span) > rank(best) ? span : best;
  return lengthUs(span) > lengthUs(best) ? span : best;
}

/** A tree while it grows. */
class Growth {
  readonly #byParent: ReadonlyMap<string | null, readonly PathSpan[]>;
  readonly #drafts: Draft[] = [];
  readonly #seen = new Set<string>();
  #moved = 0;
  #async = 0;
  #placed = 0;

  constructor(spans: readonly PathSpan[]) {
    this.#byParent = Map.groupBy(spans, ({ parentId }) => parentId);
  }

  /** Adds a span and all below it that is waited for. */
  add(top: PathSpan, parent: number): void {
    const waiting: (readonly [PathSpan, number])[] = [[top, parent]];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [span, below] = next;
      if (this.#seen.has(span.spanId)) continue;
      const index = this.#addOne(span, below);
      if (index === undefined) continue;
      for (const child of this.#byParent.get(span.spanId) ?? []) waiting.push([child, index]);
    }
  }

  /** Adds a span whose parent is not there below the shortest span that encloses it, if any does. */
  place(orphan: PathSpan): void {
    let best = -1;
    for (const [index, draft] of this.#drafts.entries()) {
      const encloses =
        draft.startUs <= orphan.startUs + TOLERANCE_US && draft.endUs >= orphan.endUs - TOLERANCE_US;
      const shortest = this.#drafts[best];
      if (encloses && (!shortest || lengthUs(draft) <= lengthUs(shortest))) best = index;
    }
    if (best < 0) return;
    const before = this.#drafts.length;
    this.add(orphan, best);
    if (this.#drafts.length > before) this.#placed += 1;
  }

  finish(traceId: string, duplicates: number, all: number): TraceTree {
    const drafts = this.#drafts;
    const ready = (index: number) => readyUs(drafts[index] ?? { startUs: 0, endUs: 0 });
    const start = (index: number) => drafts[index]?.startUs ?? 0;
    const id = (index: number) => drafts[index]?.span.spanId ?? '';
    for (const { children } of drafts)
      children.sort((a, b) => ready(a) - ready(b) || start(a) - start(b) || (id(a) < id(b) ? -1 : 1));
    const notes = {
      duplicates,
      moved: this.#moved,
      async: this.#async,
      placed: this.#placed,
      left: all - this.#seen.size,
    };
    return { traceId, spans: drafts, notes };
  }

  /** Index of the added span; undefined when nobody waits for it. */
  #addOne(span: PathSpan, parentIndex: number): number | undefined {
    this.#seen.add(span.spanId);
    const parent = this.#drafts[parentIndex];
    const deltaUs = parent ? this.#deltaUs(span, parent) : 0;
    const startUs = span.startUs + deltaUs;
    const endUs = startUs + lengthUs(span);
    if (parent && isAsync(span, { startUs, endUs }, parent)) {
      this.#async += 1 + this.#skip(span);
      return undefined;
    }
    if (parent && deltaUs !== parent.deltaUs) this.#moved += 1;
    const within = (us: number) => (parent ? Math.min(Math.max(us, parent.startUs), parent.endUs) : us);
    const draft = {
      span,
      startUs: within(startUs),
      endUs: within(endUs),
      parent: parentIndex,
      children: [],
      deltaUs,
    };
    const index = this.#drafts.push(draft) - 1;
    parent?.children.push(index);
    return index;
  }

  #deltaUs(span: PathSpan, parent: Draft): number {
    if (hostOf(span) === hostOf(parent.span) || isQueued(span)) return parent.deltaUs;
    // Of another host, so that the parent's clock says nothing of its own; who waited for it knows when it was.
    const recorded = { startUs: span.startUs, endUs: span.startUs + lengthUs(span) };
    const sticksOutUs = Math.max(parent.startUs - recorded.startUs, recorded.endUs - parent.endUs);
    return sticksOutUs > TOLERANCE_US ? skewUs(recorded, parent) : 0;
  }

  /** How many spans are below one that nobody waits for. */
  #skip(top: PathSpan): number {
    let count = 0;
    const waiting = [...(this.#byParent.get(top.spanId) ?? [])];
    for (let span = waiting.pop(); span; span = waiting.pop()) {
      if (this.#seen.has(span.spanId)) continue;
      this.#seen.add(span.spanId);
      count += 1;
      waiting.push(...(this.#byParent.get(span.spanId) ?? []));
    }
    return count;
  }
}

/** Spans of one host share a clock. */
function hostOf({ host, service }: PathSpan): string {
  return host ?? `service ${service}`;
}

/** It comes by a queue, or later: its start says nothing of the clocks. */
function isQueued({ kind, followsOnly }: PathSpan): boolean {
  return kind === 'consumer' || followsOnly;
}

/**
 * Whether the parent has not waited for the child: it came by a queue, or it ends when the parent has long ended. The remote side
 * of a call is waited for as long as its caller is, whatever it does afterwards.
 */
function isAsync(
  span: PathSpan,
  { startUs, endUs }: { readonly startUs: number; readonly endUs: number },
  parent: Draft,
): boolean {
  if (isQueued(span)) return true;
  const parentEndUs = parent.startUs + lengthUs(parent.span);
  if (startUs > parentEndUs + TOLERANCE_US) return true;
  return span.kind !== 'server' && endUs > parentEndUs + TOLERANCE_US && hostOf(span) === hostOf(parent.span);
}
