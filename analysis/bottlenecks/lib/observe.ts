import type { SpanChange, TraceChange } from '../../critical-path/retime.ts';
import type { TraceTree } from '../../critical-path/tree.ts';
import type { Detector, Known, Observation } from './detector.ts';
import { pathUsOf, type TraceView } from './trace-view.ts';

export interface Observed {
  readonly detector: Detector;
  /** Of one place in one trace. */
  readonly observations: readonly Observation[];
}

/**
 * What the detectors see in a trace, by detector and place. What one has claimed, with all that is below, no later one speaks of, so
 * that each bottleneck is told once, by the one that explains most.
 */
export function observe(
  detectors: readonly Detector[],
  view: TraceView,
  known: Known,
): ReadonlyMap<string, Observed> {
  const found = new Map<string, Observed>();
  const claimed = new Set<number>();
  for (const detector of [...detectors].sort((a, b) => a.rank - b.rank)) {
    const news = detector
      .find(view, known)
      // What is not on the critical path is no bottleneck, however much of it there is.
      .filter(({ spans }) => pathUsOf(view, spans) > 0)
      .filter(({ spans }) => !spans.some((index) => isClaimed(view.tree, claimed, index)));
    for (const observation of news) {
      const { place, variant = '' } = observation;
      const key = [detector.id, variant, place.service, place.span, place.edge ?? ''].join('\n');
      const before = found.get(key)?.observations ?? [];
      found.set(key, { detector, observations: [...before, observation] });
      for (const index of observation.spans) claimed.add(index);
    }
  }
  return found;
}

/** All changes as one; of two changes of a span, the first counts. */
export function mergeChanges(changes: readonly TraceChange[]): TraceChange {
  const spans = new Map<number, SpanChange>();
  const together = new Map<number, readonly number[]>();
  for (const change of changes) {
    for (const [index, each] of change.spans ?? []) if (!spans.has(index)) spans.set(index, each);
    for (const [leader, followers] of change.together ?? [])
      if (!together.has(leader)) together.set(leader, followers);
  }
  return { spans, together };
}

function isClaimed({ spans }: TraceTree, claimed: ReadonlySet<number>, index: number): boolean {
  for (let at = index; at >= 0; at = spans[at]?.parent ?? -1) if (claimed.has(at)) return true;
  return false;
}
