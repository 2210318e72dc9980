import { type Call, edgeOf } from './calls.ts';
import { operation } from './names.ts';
import { callBy, type TraceView } from './trace-view.ts';

/** A child of a span that makes a call. */
export interface SiblingCall {
  readonly index: number;
  readonly call: Call;
  readonly operation: string;
  readonly startUs: number;
  readonly endUs: number;
}

/** For each span, those of its children that make a call, in order of time; empty lists are left out. */
export function siblingCalls(view: TraceView): readonly (readonly SiblingCall[])[] {
  // Several detectors ask for it.
  const known = found.get(view);
  if (known) return known;
  const lists = [...listsOf(view)];
  found.set(view, lists);
  return lists;
}

const found = new WeakMap<TraceView, readonly (readonly SiblingCall[])[]>();

function* listsOf(view: TraceView): Generator<readonly SiblingCall[]> {
  for (const { children } of view.tree.spans) {
    if (children.length < 2) continue;
    const siblings = children.flatMap((index): SiblingCall[] => {
      const call = callBy(view, index);
      const at = view.tree.spans[index];
      if (!call || !at) return [];
      const { startUs, endUs, span } = at;
      return [
        { index, call, operation: call.index === index ? call.name : operation(span.name), startUs, endUs },
      ];
    });
    if (siblings.length > 0) yield siblings.sort((a, b) => a.startUs - b.startUs || a.endUs - b.endUs);
  }
}

/** So many calls one after the other, at the least, are worth a word. */
export const LEAST_IN_A_ROW = 3;

/** Calls of one operation over one edge that a span makes one after the other. */
export function* repeatedCalls(view: TraceView): Generator<readonly [SiblingCall, ...SiblingCall[]]> {
  for (const siblings of siblingCalls(view)) {
    const alike = Map.groupBy(siblings, ({ operation, call }) => `${operation}\n${edgeOf(call)}`);
    for (const [first, ...others] of alike.values())
      if (first && 1 + others.length >= LEAST_IN_A_ROW && areSerial([first, ...others]))
        yield [first, ...others];
  }
}

/** Whether calls are made one after the other: what they overlap is at most a tenth of what they last. */
export function areSerial(calls: readonly SiblingCall[]): boolean {
  let sumUs = 0;
  let coveredUs = 0;
  let untilUs = Number.NEGATIVE_INFINITY;
  for (const { startUs, endUs } of calls) {
    sumUs += endUs - startUs;
    coveredUs += Math.max(0, endUs - Math.max(startUs, untilUs));
    untilUs = Math.max(untilUs, endUs);
  }
  return coveredUs >= 0.9 * sumUs;
}
