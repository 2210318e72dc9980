import fc from 'fast-check';
import type { PathSpan } from '../../../analysis/critical-path/span.ts';
import { buildTree, type TraceTree } from '../../../analysis/critical-path/tree.ts';

/** A span of which a test says only what matters to it; times in milliseconds. */
export function span(
  id: string,
  parentId: string | null,
  startMs: number,
  endMs: number,
  more: Partial<PathSpan> = {},
): PathSpan {
  return {
    traceId: 't',
    spanId: id,
    parentId,
    service: 'a',
    name: id,
    kind: 'internal',
    startUs: startMs * 1000,
    endUs: endMs * 1000,
    isError: false,
    host: null,
    peer: null,
    db: null,
    verb: null,
    request: null,
    httpStatus: null,
    followsOnly: false,
    ...more,
  };
}

export function treeOf(...spans: readonly PathSpan[]): TraceTree {
  const tree = buildTree(spans);
  if (!tree) throw new Error('there is no span');
  return tree;
}

/** Any spans of a trace: overlaps, clocks that differ, parents that are missing, cycles, copies, ends before starts. */
export const anySpans = fc
  .array(
    fc.record({
      parent: fc.integer({ min: -2, max: 15 }),
      startMs: fc.integer({ min: 0, max: 60 }),
      lengthMs: fc.integer({ min: -2, max: 60 }),
      kind: fc.constantFrom('internal', 'server', 'client', 'producer', 'consumer', 'unspecified'),
      service: fc.constantFrom('a', 'b', 'c'),
      followsOnly: fc.boolean(),
      again: fc.boolean(),
    }),
    { minLength: 1, maxLength: 16 },
  )
  .map((list): readonly PathSpan[] =>
    list.flatMap(({ parent, startMs, lengthMs, kind, service, followsOnly, again }, index) => {
      const parentId = parent === -1 ? null : parent === -2 ? 'gone' : `s${parent}`;
      const more = { kind, service, followsOnly: followsOnly && index % 3 === 0 } as const;
      const one = span(`s${index}`, parentId, startMs, startMs + lengthMs, more);
      return again ? [one, { ...one, endUs: one.endUs - 500 }] : [one];
    }),
  );
