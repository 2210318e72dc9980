import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binomialTail,
  regularizedBeta,
  studentQuantile,
  studentTail,
} from '../../../analysis/statistics/distributions.ts';

describe("Student's t", () => {
  // Of the tables in every textbook.
  it.each([
    [1, 0.05, 6.3138],
    [2, 0.05, 2.92],
    [4, 0.05, 2.1318],
    [10, 0.025, 2.2281],
    [30, 0.005, 2.75],
    [1e6, 0.05, 1.6449],
  ])('with %d degrees of freedom, tail %d: %d', (freedom, tail, quantile) => {
    expect(studentQuantile(tail, freedom)).toBeCloseTo(quantile, 3);
    expect(studentTail(quantile, freedom)).toBeCloseTo(tail, 4);
  });

  it('is symmetrical, and its quantile is the inverse of its tail', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        fc.double({ min: 0.001, max: 0.499, noNaN: true }),
        (freedom, tail) => {
          const t = studentQuantile(tail, freedom);
          expect(studentTail(t, freedom)).toBeCloseTo(tail, 8);
          expect(studentTail(-t, freedom)).toBeCloseTo(1 - tail, 8);
        },
      ),
    );
  });

  it('knows its ends', () => {
    expect(studentTail(0, 3)).toBeCloseTo(0.5, 12);
    expect(studentTail(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(studentTail(Number.NEGATIVE_INFINITY, 3)).toBe(1);
  });
});

describe('the binomial tail', () => {
  it('is the sum of its terms', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 61 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trials, count, probability) => {
          let sum = 0;
          let ways = 1;
          for (let hits = 0; hits <= trials; hits++) {
            if (hits >= count) sum += ways * probability ** hits * (1 - probability) ** (trials - hits);
            ways = (ways * (trials - hits)) / (hits + 1);
          }
          expect(binomialTail(count, trials, probability)).toBeCloseTo(sum, 9);
        },
      ),
    );
  });

  it('can do with a million trials', () => {
    expect(binomialTail(5100, 1_000_000, 0.005)).toBeCloseTo(0.0794, 3);
  });
});

it('the incomplete beta function is 0 and 1 at its ends', () => {
  expect(regularizedBeta(0, 2, 3)).toBe(0);
  expect(regularizedBeta(1, 2, 3)).toBe(1);
  expect(regularizedBeta(0.5, 2, 2)).toBeCloseTo(0.5, 12);
});
