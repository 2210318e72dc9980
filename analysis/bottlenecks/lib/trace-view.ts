import { criticalPath, type PathTimes, pathTimes } from '../../critical-path/path.ts';
import { retime, type TraceChange } from '../../critical-path/retime.ts';
import type { TraceTree } from '../../critical-path/tree.ts';
import { type Call, callsOf, type Parties } from './calls.ts';

/** A trace as the detectors look at it. */
export interface TraceView {
  readonly tree: TraceTree;
  readonly times: PathTimes;
  /** By index of the tree; undefined where the span is no call. */
  readonly calls: readonly (Call | undefined)[];
  readonly rootUs: number;
  /** Services that are somebody else's, although they send spans. */
  readonly external: ReadonlySet<string>;
}

export function viewOf(tree: TraceTree, parties: Parties): TraceView {
  const [root] = tree.spans;
  return {
    tree,
    times: pathTimes(tree, criticalPath(tree)),
    calls: callsOf(tree, parties),
    rootUs: root ? root.endUs - root.startUs : 0,
    external: parties.external,
  };
}

/** The call that a span makes: by itself, or by its only child, as a step of the program does that makes one call. */
export function callBy({ tree, calls }: TraceView, index: number): Call | undefined {
  const own = calls[index];
  if (own) return own;
  const [child, ...others] = tree.spans[index]?.children ?? [];
  if (child === undefined || others.length > 0 || tree.spans[index]?.span.kind === 'server') return undefined;
  return calls[child];
}

/** Time on the critical path of spans with all that is below them; what is below two of them counts once. Microseconds. */
export function pathUsOf({ times, tree }: TraceView, indexes: readonly number[]): number {
  const chosen = new Set(indexes);
  const isBelow = (index: number): boolean => {
    for (let at = tree.spans[index]?.parent ?? -1; at >= 0; at = tree.spans[at]?.parent ?? -1)
      if (chosen.has(at)) return true;
    return false;
  };
  let sumUs = 0;
  for (const index of chosen) if (!isBelow(index)) sumUs += times.allUs[index] ?? 0;
  return sumUs;
}

/** What a change saves of the root's duration, in microseconds. */
export function savedUs({ tree, rootUs }: TraceView, change: TraceChange): number {
  return rootUs - retime(tree, change);
}
