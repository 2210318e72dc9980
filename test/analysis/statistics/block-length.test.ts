import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autocovariances, blockLength } from '../../../analysis/statistics/block-length.ts';
import { seeded } from '../../../analysis/statistics/random.ts';
import { autoregressive } from './series.ts';

describe('the length of the blocks', () => {
  it('grows with the memory of the series', () => {
    const lengthOf = (correlation: number): number =>
      blockLength(autoregressive(2000, correlation, seeded(1)));
    expect(lengthOf(0)).toBeCloseTo(Math.cbrt(2000), 6);
    // Of the process itself it is (2 r / (1 - r^2))^(2/3) n^(1/3): 15.3 and 34.0.
    expect(lengthOf(0.5)).toBeGreaterThan(10);
    expect(lengthOf(0.5)).toBeLessThan(21);
    expect(lengthOf(0.8)).toBeGreaterThan(23);
    expect(lengthOf(0.8)).toBeLessThan(50);
  });

  it('is 1 to a third of the windows, whatever the series', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 60 }), (series) => {
        const length = blockLength(series);
        expect(length).toBeGreaterThanOrEqual(1);
        expect(length).toBeLessThanOrEqual(Math.max(1, series.length / 3));
      }),
    );
  });

  it('takes constant series for ones without memory', () => {
    expect(blockLength(Array.from({ length: 27 }, () => 5))).toBe(3);
    expect(blockLength([])).toBe(1);
    expect(blockLength([7])).toBe(1);
  });
});

it('autocovariances are those of the definition', () => {
  const [variance, first, last] = autocovariances([1, 2, 3, 4], 2);
  expect(variance).toBeCloseTo(1.25, 12);
  expect(first).toBeCloseTo(0.3125, 12);
  expect(last).toBeCloseTo(-0.375, 12);
});
