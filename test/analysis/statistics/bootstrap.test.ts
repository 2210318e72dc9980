import { describe, expect, it } from 'vitest';
import { resample } from '../../../analysis/statistics/bootstrap.ts';
import { bootstrapped, exactly, meanOf, minus, repeated } from '../../../analysis/statistics/estimate.ts';
import { seeded } from '../../../analysis/statistics/random.ts';
import { badShareOf, medianOf, overAll, timesOf } from '../../../analysis/statistics/series.ts';
import { autoregressive, second } from './series.ts';

describe('resampling', () => {
  it('takes each window as often as the others, in blocks of the mean length', () => {
    const counts = new Array<number>(10).fill(0);
    let steps = 0;
    let breaks = 0;
    resample(10, { length: 4, times: 5000, random: seeded(1) }, (places) => {
      places.forEach((place, index) => {
        counts[place] = (counts[place] ?? 0) + 1;
        if (index === 0) return;
        steps += 1;
        if (place !== ((places[index - 1] ?? 0) + 1) % 10) breaks += 1;
      });
    });
    for (const count of counts) expect(count / 5000).toBeCloseTo(1, 1);
    // A new block begins with 1 in 4, and one of ten of them where the old one would have gone on.
    expect(breaks / steps).toBeCloseTo(0.25 * 0.9, 2);
  });

  it('is the same for the same seed', () => {
    const placesOf = (seed: number): number[] => {
      const all: number[] = [];
      resample(7, { length: 2, times: 3, random: seeded(seed) }, (places) => all.push(...places));
      return all;
    };
    expect(placesOf(5)).toEqual(placesOf(5));
    expect(placesOf(5)).not.toEqual(placesOf(6));
  });
});

describe('an estimate', () => {
  const mean = (values: readonly number[]) => (places: Int32Array) =>
    places.reduce((sum, place) => sum + (values[place] ?? 0), 0) / places.length;

  it('knows how little correlated windows say', () => {
    // The variance of the mean of an AR(1) series is (1 + r) / (1 - r) / n: 0.01 x 3 for r = 0.5.
    const values = autoregressive(100, 0.5, seeded(3));
    const alone = bootstrapped(100, 1, mean(values), seeded(1));
    const inBlocks = bootstrapped(100, 8, mean(values), seeded(1));
    expect(inBlocks.variance / alone.variance).toBeGreaterThan(1.8);
    expect(inBlocks.freedom).toBeCloseTo(11.5, 12);
  });

  it('of a constant series is sure, and of a block or none knows nothing', () => {
    expect(bootstrapped(9, 2, () => 4, seeded(1)).variance).toBe(0);
    expect(bootstrapped(1, 1, () => 4, seeded(1)).variance).toBe(Number.POSITIVE_INFINITY);
    expect(bootstrapped(0, 1, () => 0, seeded(1)).variance).toBe(Number.POSITIVE_INFINITY);
  });

  it('of a difference adds the variances', () => {
    const a = { value: 5, variance: 3, freedom: 4 };
    expect(minus(a, { value: 2, variance: 1, freedom: 8 })).toEqual({
      value: 3,
      variance: 4,
      freedom: 16 / (9 / 4 + 1 / 8),
    });
    expect(minus(a, exactly(1))).toEqual({ value: 4, variance: 3, freedom: 4 });
    expect(minus(exactly(3), exactly(1))).toEqual(exactly(2));
  });

  it('of several pairs is their mean', () => {
    const twice = meanOf([
      { value: 1, variance: 2, freedom: 5 },
      { value: 3, variance: 2, freedom: 5 },
    ]);
    expect(twice).toMatchObject({ value: 2, variance: 1 });
    expect(twice.freedom).toBeCloseTo(10, 9);
    expect(repeated([1, 2, 3, 6])).toEqual({ value: 3, variance: 14 / 3 / 4, freedom: 3 });
  });
});

describe('statistics of windows', () => {
  it('the median is that of any selection', () => {
    const median = medianOf([30, 10, 20, 40]);
    expect(overAll(median, 4)).toBe(25);
    expect(median(Int32Array.of(0, 0, 1))).toBe(30);
    expect(median(Int32Array.of(1, 3))).toBe(25);
    expect(medianOf([])(new Int32Array())).toBeNaN();
  });

  it('windows without a time are left out, and count as bad', () => {
    const windows = [second(20), second(null, 50), second(40)];
    expect(timesOf(windows, 'p95')).toEqual([20_000, 40_000]);
    expect(overAll(badShareOf(windows), 3)).toBeCloseTo(1 / 3, 12);
    expect(overAll(badShareOf([]), 0)).toBe(0);
  });
});
