import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath, pathTimes } from '../../../analysis/critical-path/path.ts';
import { buildTree, type TraceTree } from '../../../analysis/critical-path/tree.ts';
import { anySpans, span, treeOf } from './trees.ts';

/** `name fromMs-untilMs` */
const text = (tree: TraceTree) => {
  const startUs = tree.spans[0]?.startUs ?? 0;
  return criticalPath(tree).map(
    ({ span: index, fromUs, untilUs }) =>
      `${tree.spans[index]?.span.name} ${(fromUs - startUs) / 1000}-${(untilUs - startUs) / 1000}`,
  );
};

describe('the critical path', () => {
  it('is the whole of a span that is alone', () => {
    expect(text(treeOf(span('root', null, 5, 15)))).toEqual(['root 0-10']);
    expect(text(treeOf(span('root', null, 5, 5)))).toEqual([]);
    expect(buildTree([])).toBeUndefined();
  });

  it('goes through calls one after the other, with what is in between', () => {
    const tree = treeOf(
      span('root', null, 0, 100),
      span('a', 'root', 10, 30),
      span('b', 'root', 40, 90),
      span('c', 'b', 50, 80),
    );
    expect(text(tree)).toEqual([
      'root 0-10',
      'a 10-30',
      'root 30-40',
      'b 40-50',
      'c 50-80',
      'b 80-90',
      'root 90-100',
    ]);
    const times = pathTimes(tree, criticalPath(tree));
    const byName = Object.fromEntries(
      tree.spans.map(({ span: { name } }, index) => [name, times.allUs[index]]),
    );
    expect(byName).toEqual({ root: 100_000, a: 20_000, b: 50_000, c: 30_000 });
  });

  it('goes through the longest of those at the same time', () => {
    const tree = treeOf(
      span('root', null, 0, 100),
      span('quick', 'root', 10, 50),
      span('slow', 'root', 10, 80),
      span('after', 'root', 80, 95),
    );
    expect(text(tree)).toEqual(['root 0-10', 'slow 10-80', 'after 80-95', 'root 95-100']);
  });

  it('takes what begins while another runs for not caused by it', () => {
    const tree = treeOf(span('root', null, 0, 100), span('a', 'root', 0, 60), span('b', 'root', 40, 100));
    expect(text(tree)).toEqual(['root 0-40', 'b 40-100']);
  });

  it('lets clocks that count milliseconds overlap by one', () => {
    const tree = treeOf(span('root', null, 0, 100), span('a', 'root', 0, 60.9), span('b', 'root', 60, 100));
    expect(text(tree)).toEqual(['a 0-60', 'b 60-100']);
    const more = treeOf(span('root', null, 0, 100), span('a', 'root', 0, 61.1), span('b', 'root', 60, 100));
    expect(text(more)).toEqual(['root 0-60', 'b 60-100']);
  });

  it('leaves out what nobody waits for', () => {
    const tree = treeOf(
      span('root', null, 0, 100, { kind: 'server' }),
      span('send', 'root', 10, 20, { kind: 'producer' }),
      span('receive', 'send', 15, 90, { kind: 'consumer', service: 'b' }),
      span('work', 'receive', 20, 80, { service: 'b' }),
      span('later', 'root', 30, 150),
      span('linked', 'root', 30, 99, { followsOnly: true }),
    );
    expect(text(tree)).toEqual(['root 0-10', 'send 10-20', 'root 20-100']);
    expect(tree.notes).toMatchObject({ async: 4, left: 0 });
  });

  it('waits for the remote side of a call as long as the caller does', () => {
    const tree = treeOf(
      span('root', null, 0, 100),
      span('call', 'root', 10, 40, { kind: 'client' }),
      span('serve', 'call', 12, 95, { kind: 'server', service: 'b' }),
    );
    expect(text(tree)).toEqual(['root 0-10', 'call 10-12', 'serve 12-40', 'root 40-100']);
  });

  it('moves what another host has recorded into its caller', () => {
    const tree = treeOf(
      span('root', null, 0, 100),
      span('call', 'root', 10, 60, { kind: 'client' }),
      span('serve', 'call', 1010, 1050, { kind: 'server', service: 'b' }),
      span('query', 'serve', 1020, 1040, { kind: 'client', service: 'b' }),
    );
    expect(text(tree)).toEqual([
      'root 0-10',
      'call 10-15',
      'serve 15-25',
      'query 25-45',
      'serve 45-55',
      'call 55-60',
      'root 60-100',
    ]);
    expect(tree.notes.moved).toBe(1);
  });

  it('does not move what the same host has recorded', () => {
    const tree = treeOf(
      span('root', null, 0, 100, { host: 'h' }),
      span('serve', 'root', 90, 150, { kind: 'server', service: 'b', host: 'h' }),
    );
    expect(text(tree)).toEqual(['root 0-90', 'serve 90-100']);
    expect(tree.notes.moved).toBe(0);
  });

  it('places spans without a parent below the shortest that encloses them', () => {
    const tree = treeOf(
      span('root', null, 0, 100),
      span('a', 'root', 10, 90),
      span('orphan', 'gone', 20, 80),
      span('below', 'orphan', 30, 40),
      span('outside', 'gone', 200, 210),
    );
    expect(text(tree)).toEqual([
      'root 0-10',
      'a 10-20',
      'orphan 20-30',
      'below 30-40',
      'orphan 40-80',
      'a 80-90',
      'root 90-100',
    ]);
    expect(tree.notes).toMatchObject({ placed: 1, left: 1 });
  });

  it('takes the longest for the root when the root is not there', () => {
    const tree = treeOf(span('short', 'gone', 0, 10), span('long', 'gone', 20, 90));
    expect(text(tree)).toEqual(['long 0-70']);
  });

  it('takes a span that came twice once, the longer one', () => {
    const tree = treeOf(span('root', null, 0, 100), span('a', 'root', 0, 10), span('a', 'root', 0, 60));
    expect(text(tree)).toEqual(['a 0-60', 'root 60-100']);
    expect(tree.notes.duplicates).toBe(1);
  });

  it('ends with a cycle of parents', () => {
    expect(text(treeOf(span('a', 'b', 0, 10), span('b', 'a', 2, 8)))).toEqual(['a 0-2', 'b 2-8', 'a 8-10']);
  });

  it('can be as deep as it likes', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) =>
      span(`s${index}`, index === 0 ? null : `s${index - 1}`, 0, 100),
    );
    expect(text(treeOf(...chain))).toEqual(['s49999 0-100']);
  });

  it('partitions the duration of the root, whatever the spans', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const tree = treeOf(...spans);
        const root = tree.spans[0];
        let atUs = root?.startUs;
        for (const { fromUs, untilUs } of criticalPath(tree)) {
          expect(fromUs).toBe(atUs);
          expect(untilUs).toBeGreaterThan(fromUs);
          atUs = untilUs;
        }
        expect(atUs).toBe(root?.endUs);
        const { ownUs, allUs } = pathTimes(tree, criticalPath(tree));
        expect(allUs[0]).toBeCloseTo((root?.endUs ?? 0) - (root?.startUs ?? 0), 6);
        for (const [index, us] of ownUs.entries()) expect(us).toBeLessThanOrEqual(allUs[index] ?? -1);
      }),
    );
  });

  it('does not depend on the order in which the spans come', () => {
    fc.assert(
      fc.property(
        anySpans.chain((spans) =>
          fc.tuple(fc.constant(spans), fc.shuffledSubarray([...spans], { minLength: spans.length })),
        ),
        ([spans, shuffled]) => {
          expect(text(treeOf(...shuffled))).toEqual(text(treeOf(...spans)));
        },
      ),
    );
  });

  it('accounts for every span: in the tree, or counted as left out', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const { spans: inTree, notes } = treeOf(...spans);
        expect(inTree.length + notes.async + notes.left + notes.duplicates).toBe(spans.length);
      }),
    );
  });
});
