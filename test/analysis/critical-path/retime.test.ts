import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retime } from '../../../analysis/critical-path/retime.ts';
import type { TraceTree } from '../../../analysis/critical-path/tree.ts';
import { anySpans, span, treeOf } from './trees.ts';

const lengthUs = ({ spans: [root] }: TraceTree) => (root ? root.endUs - root.startUs : 0);
const indexOf = ({ spans }: TraceTree, name: string) =>
  spans.findIndex(({ span: { name: each } }) => each === name);
/** Milliseconds of the root when the named spans last so many. */
const ms = (tree: TraceTree, lengths: Readonly<Record<string, number>>) =>
  retime(tree, {
    spans: new Map(Object.entries(lengths).map(([name, to]) => [indexOf(tree, name), { toUs: to * 1000 }])),
  }) / 1000;

describe('re-timing', () => {
  const serial = treeOf(span('root', null, 0, 100), span('a', 'root', 10, 30), span('b', 'root', 40, 90));

  it('changes nothing when nothing changes, whatever the spans', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const tree = treeOf(...spans);
        expect(retime(tree, {})).toBeCloseTo(lengthUs(tree), 6);
      }),
    );
  });

  it('takes what is saved of a chain off the whole', () => {
    expect(ms(serial, { a: 0 })).toBe(80);
    expect(ms(serial, { a: 5, b: 10 })).toBe(45);
    expect(ms(serial, { b: 80 })).toBe(130);
  });

  it('lets a parallel sibling absorb what is saved', () => {
    const tree = treeOf(
      span('root', null, 0, 100),
      span('slow', 'root', 0, 90),
      span('less', 'root', 0, 70),
      span('off', 'root', 0, 20),
    );
    expect(ms(tree, { off: 0 })).toBe(100);
    expect(ms(tree, { slow: 80 })).toBe(90);
    expect(ms(tree, { slow: 0 })).toBe(80);
    expect(ms(tree, { slow: 0, less: 0 })).toBe(30);
  });

  it('lets what begins after both wait for both', () => {
    const tree = treeOf(
      span('root', null, 0, 100),
      span('slow', 'root', 0, 60),
      span('less', 'root', 0, 40),
      span('then', 'root', 60, 100),
    );
    expect(ms(tree, { slow: 10 })).toBe(80);
  });

  it('lets a moment after a long wait come after it, although its clock counts milliseconds', () => {
    const tree = treeOf(
      span('root', null, 0, 100),
      span('wait', 'root', 10, 80.3),
      span('moment', 'root', 80, 80.01),
      span('then', 'root', 81, 100),
    );
    expect(ms(tree, { wait: 0 })).toBeCloseTo(100 - 70.3, 0);
  });

  it('goes up through all that wait', () => {
    const tree = treeOf(
      span('root', null, 0, 100),
      span('a', 'root', 10, 90),
      span('b', 'a', 20, 80),
      span('c', 'b', 30, 70),
    );
    expect(ms(tree, { c: 0 })).toBe(60);
  });

  it('does not shorten what nobody waits for', () => {
    const tree = treeOf(span('root', null, 0, 100), span('later', 'root', 90, 300));
    expect(indexOf(tree, 'later')).toBe(-1);
  });

  it('takes pauses away where it is told to', () => {
    const b = indexOf(serial, 'b');
    expect(retime(serial, { spans: new Map([[b, { toUs: 0, withoutPause: true }]]) })).toBe(40_000);
  });

  it('lets siblings begin together', () => {
    const [a, b] = [indexOf(serial, 'a'), indexOf(serial, 'b')];
    expect(retime(serial, { together: new Map([[a, [a, b]]]) })).toBe(70_000);
  });

  it('never gets longer when a span gets shorter, and never saves more than that, whatever the spans', () => {
    fc.assert(
      fc.property(anySpans, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (spans, pick, share) => {
        const tree = treeOf(...spans);
        const index = pick % tree.spans.length;
        const chosen = tree.spans[index];
        const wasUs = chosen ? chosen.endUs - chosen.startUs : 0;
        const newUs = retime(tree, { spans: new Map([[index, { toUs: wasUs * share }]]) });
        expect(newUs).toBeGreaterThanOrEqual(lengthUs(tree) - wasUs * (1 - share) - 1e-6);
        expect(newUs).toBeLessThanOrEqual(lengthUs(tree) + 1e-6);
        expect(newUs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
