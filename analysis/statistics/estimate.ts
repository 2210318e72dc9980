import type { Random } from '../../harness/contracts.ts';
import { resample } from './bootstrap.ts';

/** Resamplings of a series; the variance that they give is good to a few per cent. */
const RESAMPLINGS = 1000;

/** What a series of windows says of one number, and how far that can be trusted. */
export interface Estimate {
  readonly value: number;
  /** Of the value, as an estimate of what a longer series would give. */
  readonly variance: number;
  /** Degrees of freedom of the variance; Infinity when it is known. */
  readonly freedom: number;
}

/** A number that is known. */
export function exactly(value: number): Estimate {
  return { value, variance: 0, freedom: Number.POSITIVE_INFINITY };
}

/**
 * A statistic of a series with its variance by the block bootstrap. Blocks number k = windows / length; the variance is
 * multiplied by k / (k - 1), and it has k - 1 degrees of freedom, as with that many independent batches (Schmeiser 1982, Operations
 * Research 30:556-568): the bootstrap alone makes a short series too sure of itself (Hesterberg 2015, The American
 * Statistician 69:371-386).
 * @param statistic of the windows at these places
 * @param length mean length of a block, in windows
 */
export function bootstrapped(
  windows: number,
  length: number,
  statistic: (places: Int32Array) => number,
  random: Random,
): Estimate {
  const value = statistic(Int32Array.from({ length: windows }, (_, place) => place));
  const blocks = windows / length;
  if (blocks < 2) return { value, variance: Number.POSITIVE_INFINITY, freedom: 1 };
  // Welford's method: no difference of large sums.
  let mean = 0;
  let squares = 0;
  let seen = 0;
  resample(windows, { length, times: RESAMPLINGS, random }, (places) => {
    const each = statistic(places);
    seen += 1;
    const apart = each - mean;
    mean += apart / seen;
    squares += apart * (each - mean);
  });
  return { value, variance: (squares / seen) * (blocks / (blocks - 1)), freedom: blocks - 1 };
}

/** a - b of two independent estimates; degrees of freedom by Welch (1947) and Satterthwaite (1946). */
export function minus(a: Estimate, b: Estimate): Estimate {
  const variance = a.variance + b.variance;
  const value = a.value - b.value;
  if (variance === 0) return exactly(value);
  if (variance === Number.POSITIVE_INFINITY) return { value, variance, freedom: 1 };
  const term = (each: Estimate): number => each.variance ** 2 / each.freedom;
  return { value, variance, freedom: variance ** 2 / (term(a) + term(b)) };
}

/** The mean of independent estimates of the same number, each as good as the other. */
export function meanOf(estimates: readonly Estimate[]): Estimate {
  const n = estimates.length;
  const value = estimates.reduce((sum, each) => sum + each.value, 0) / n;
  const variance = estimates.reduce((sum, each) => sum + each.variance, 0) / n ** 2;
  if (variance === 0 || variance === Number.POSITIVE_INFINITY)
    return { value, variance, freedom: variance === 0 ? Number.POSITIVE_INFINITY : 1 };
  const terms = estimates.reduce((sum, each) => sum + (each.variance / n ** 2) ** 2 / each.freedom, 0);
  return { value, variance, freedom: variance ** 2 / terms };
}

/** The mean of values that are independent of each other, its variance from how they differ. */
export function repeated(values: readonly number[]): Estimate {
  const n = values.length;
  const value = values.reduce((sum, each) => sum + each, 0) / n;
  const squares = values.reduce((sum, each) => sum + (each - value) ** 2, 0);
  return { value, variance: squares / (n - 1) / n, freedom: n - 1 };
}
