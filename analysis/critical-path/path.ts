import type { TraceTree } from './tree.ts';
import { over } from './waits.ts';

/** A stretch of time that a span accounts for by itself, while none of its children is waited for. */
export interface PathSegment {
  /** Index of the span in the tree. */
  readonly span: number;
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * The critical path of a trace in order of time: who had to be quicker for the root to end earlier. The segments partition the
 * root's duration: each begins where the one before it ends, and none is empty. From the root's end backwards, what is waited for
 * is the child that ended last; before that began, the one that ended last of those that were over then; what is in
 * between is the span's own.
 */
export function criticalPath(tree: TraceTree): readonly PathSegment[] {
  const root = tree.spans[0];
  if (!root) return [];
  const segments: PathSegment[] = [];
  const open: PathSegment[] = [{ span: 0, fromUs: root.startUs, untilUs: root.endUs }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { span, fromUs, untilUs } = next;
    const children = tree.spans[span]?.children ?? [];
    let cursorUs = untilUs;
    for (
      let place = children.length - 1;
      place >= 0 && cursorUs > fromUs;
      place = over(tree, children, place) - 1
    ) {
      const index = children[place] ?? -1;
      const child = tree.spans[index];
      if (!child) break;
      const endUs = Math.min(child.endUs, cursorUs);
      const startUs = Math.max(child.startUs, fromUs);
      if (endUs <= startUs) continue;
      if (endUs < cursorUs) segments.push({ span, fromUs: endUs, untilUs: cursorUs });
      open.push({ span: index, fromUs: startUs, untilUs: endUs });
      cursorUs = startUs;
    }
    if (cursorUs > fromUs) segments.push({ span, fromUs, untilUs: cursorUs });
  }
  return segments.sort((a, b) => a.fromUs - b.fromUs);
}

/** Time on the critical path by span of the tree, in microseconds. */
export interface PathTimes {
  /** Of the span by itself. */
  readonly ownUs: Float64Array;
  /** With all that is below it. */
  readonly allUs: Float64Array;
}

export function pathTimes(tree: TraceTree, path: readonly PathSegment[]): PathTimes {
  const ownUs = new Float64Array(tree.spans.length);
  for (const { span, fromUs, untilUs } of path) ownUs[span] = (ownUs[span] ?? 0) + untilUs - fromUs;
  const allUs = ownUs.slice();
  // Parents stand before their children.
  for (let index = tree.spans.length - 1; index > 0; index--) {
    const parent = tree.spans[index]?.parent ?? 0;
    allUs[parent] = (allUs[parent] ?? 0) + (allUs[index] ?? 0);
  }
  return { ownUs, allUs };
}
