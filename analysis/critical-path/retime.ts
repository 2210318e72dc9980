import type { TraceTree } from './tree.ts';
import { over } from './waits.ts';

/** What would be different of one span, with all that is below it. */
export interface SpanChange {
  /** How long it would last, in microseconds; 0 = it would not be there. */
  readonly toUs: number;
  /** What the parent does between the one before and this one would not be done either, such as the pause before a retry. */
  readonly withoutPause?: true;
}

/** By index of the tree. */
export interface TraceChange {
  readonly spans?: ReadonlyMap<number, SpanChange>;
  /** Siblings that would begin when the first of them does, by the index of that one. */
  readonly together?: ReadonlyMap<number, readonly number[]>;
}

/**
 * How long the root would last, in microseconds, if spans were changed. What a span does by itself stays as long as it was; a child
 * begins as long as before after the last of those siblings that were over when it began; a span ends as long as before after the
 * last of its children. So a sibling that runs beside the changed one absorbs the saving, as it would.
 * A change of nothing gives what was; making a span shorter never makes the root longer.
 */
export function retime(tree: TraceTree, change: TraceChange): number {
  const lengths = new Float64Array(tree.spans.length);
  const leaders = leadersOf(change);
  // Parents stand before their children.
  for (let index = tree.spans.length - 1; index >= 0; index--) {
    const changed = change.spans?.get(index);
    lengths[index] = changed ? changed.toUs : lengthOf(tree, index, lengths, change, leaders);
  }
  return lengths[0] ?? 0;
}

function leadersOf({ together }: TraceChange): ReadonlyMap<number, number> {
  const leaders = new Map<number, number>();
  for (const [leader, followers] of together ?? [])
    for (const follower of followers) if (follower !== leader) leaders.set(follower, leader);
  return leaders;
}

/** From the new lengths of its children to that of a span. */
function lengthOf(
  tree: TraceTree,
  index: number,
  lengths: Float64Array,
  change: TraceChange,
  leaders: ReadonlyMap<number, number>,
): number {
  const parent = tree.spans[index];
  if (!parent) return 0;
  const { children, startUs: fromUs } = parent;
  // From the parent's start: when the first n children are over, before and now.
  const before = [0];
  const now = [0];
  const starts = new Map<number, number>();
  for (const [place, child] of children.entries()) {
    const span = tree.spans[child];
    if (!span) continue;
    const waitsFor = over(tree, children, place);
    const pauseUs = change.spans?.get(child)?.withoutPause
      ? 0
      : span.startUs - fromUs - (before[waitsFor] ?? 0);
    const leader = starts.get(leaders.get(child) ?? -1);
    const startUs = leader ?? Math.max(0, (now[waitsFor] ?? 0) + pauseUs);
    starts.set(child, startUs);
    before.push(Math.max(before[place] ?? 0, span.endUs - fromUs));
    now.push(Math.max(now[place] ?? 0, startUs + (lengths[child] ?? 0)));
  }
  const tailUs = parent.endUs - fromUs - (before.at(-1) ?? 0);
  return Math.max(0, (now.at(-1) ?? 0) + tailUs);
}
