import { describe, expect, it } from 'vitest';
import { type Bin, scan } from '../../../analysis/root-cause/scan.ts';

const bins = (...pairs: readonly (readonly [number, number])[]): Bin[] =>
  pairs.map(([bad, attempts]) => ({ bad, attempts }));

describe('scan', () => {
  it('finds the window in which all is bad', () => {
    const found = scan(bins([0, 10], [0, 10], [10, 10], [10, 10], [0, 10]), 1);
    expect(found).toMatchObject({ from: 2, until: 4, attempts: 20, bad: 20, shareOutside: 0 });
    // 20 of 50: -(20 ln 0.4 + 30 ln 0.6).
    expect(found?.logRatio).toBeCloseTo(33.65, 2);
    expect(found?.windows).toBe(15);
  });

  it('keeps windows as long as they must be', () => {
    expect(scan(bins([0, 10], [10, 10], [0, 10], [0, 10]), 2)).toMatchObject({ bad: 10, attempts: 20 });
  });

  it('passes over bins without calls', () => {
    expect(scan(bins([0, 10], [0, 0], [5, 5], [0, 0], [4, 4], [0, 0], [0, 10]), 1)).toMatchObject({
      from: 2,
      until: 5,
      bad: 9,
      attempts: 9,
    });
  });

  it.each<[string, Bin[]]>([
    ['there is no bin', []],
    ['nothing is bad', bins([0, 10], [0, 10])],
    ['all is bad', bins([10, 10], [10, 10])],
    ['the share is the same everywhere', bins([1, 10], [1, 10], [1, 10])],
    ['a window would have to be longer than the time', bins([0, 10], [10, 10])],
  ])('finds none when %s', (_, given) => {
    expect(scan(given, 3)).toBeUndefined();
  });

  it('never takes a window with fewer bad calls than usual', () => {
    expect(scan(bins([5, 10], [0, 10], [5, 10]), 1)?.bad).toBe(5);
  });
});
