import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Check, checkOf, decide, rejected } from '../../../analysis/statistics/decision.ts';
import { exactly } from '../../../analysis/statistics/estimate.ts';

const check = (excess: number, upper: number, pBroken: number): Check => ({ excess, upper, pBroken });

describe('a decision', () => {
  it('is one of three', () => {
    expect(decide([check(-2, -1, 0.99)], 0.05)).toEqual(['kept']);
    expect(decide([check(2, 3, 0.01)], 0.05)).toEqual(['broken']);
    expect(decide([check(-0.1, 1, 0.6)], 0.05)).toEqual(['undecided']);
    expect(decide([check(0.5, 1, 0.2)], 0.05)).toEqual(['undecided']);
    expect(decide([], 0.05)).toEqual([]);
  });

  it('of what is known exactly is by the value, and the margin itself is allowed', () => {
    const of = (value: number) => decide([checkOf(exactly(value), 0.05)], 0.05)[0];
    expect([of(-1), of(0), of(1)]).toEqual(['kept', 'kept', 'broken']);
  });

  it('of what is not known at all is open', () => {
    const nothing = checkOf({ value: 3, variance: Number.POSITIVE_INFINITY, freedom: 1 }, 0.05);
    expect(decide([nothing], 0.05)).toEqual(['undecided']);
  });

  it('gets no easier by more checks: one of ten at 0.02 is chance', () => {
    const kept = Array.from({ length: 9 }, () => check(-2, -1, 0.99));
    expect(decide([check(2, 3, 0.02)], 0.05)[0]).toBe('broken');
    expect(decide([check(2, 3, 0.02), ...kept], 0.05)[0]).toBe('undecided');
    expect(decide([check(2, 3, 0.005), ...kept], 0.05)[0]).toBe('broken');
  });

  it('is never kept and broken by the same numbers', () => {
    const number = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(
        number,
        fc.double({ min: 0, max: 9, noNaN: true }),
        fc.double({ min: 1, max: 50, noNaN: true }),
        (value, variance, freedom) => {
          const { excess, upper, pBroken } = checkOf({ value, variance, freedom }, 0.05);
          expect(upper).toBeGreaterThanOrEqual(excess);
          if (upper <= 0 && pBroken <= 0.05) expect(value).toBe(0);
        },
      ),
    );
  });
});

describe("Holm's procedure", () => {
  it('steps down, and stops at the first that is not rejected', () => {
    expect(rejected([0.01, 0.04, 0.03], 0.05)).toEqual([true, false, false]);
    expect(rejected([0.01, 0.02, 0.04], 0.05)).toEqual([true, true, true]);
    expect(rejected([], 0.05)).toEqual([]);
  });

  it('rejects no less than Bonferroni and no more than without a correction', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (probabilities) => {
        const found = rejected(probabilities, 0.05);
        probabilities.forEach((p, index) => {
          if (p <= 0.05 / probabilities.length) expect(found[index]).toBe(true);
          if (p > 0.05) expect(found[index]).toBe(false);
        });
      }),
    );
  });
});
