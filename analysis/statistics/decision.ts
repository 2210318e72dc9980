import { studentQuantile, studentTail } from './distributions.ts';
import type { Estimate } from './estimate.ts';

/** What the data say of a promise that an excess is not above 0. */
export type Decision = 'kept' | 'broken' | 'undecided';

/** A check of such a promise. */
export interface Check {
  /** What is seen, less what is allowed: above 0 is too much. */
  readonly excess: number;
  /** How much it may be, at the confidence of the comparison. */
  readonly upper: number;
  /** Probability to see so much, or more, when the promise is just kept; small: it is broken. */
  readonly pBroken: number;
  /** So few windows or requests make up the excess that they are granted whatever the bound. */
  readonly isGranted?: boolean;
}

/** One-sided bound and probability of an excess by Student's t. */
export function checkOf(excess: Estimate, alpha: number): Check {
  const { value, variance, freedom } = excess;
  if (variance === 0) return { excess: value, upper: value, pBroken: value > 0 ? 0 : 1 };
  const error = Math.sqrt(variance);
  if (error === Number.POSITIVE_INFINITY)
    return { excess: value, upper: Number.POSITIVE_INFINITY, pBroken: 0.5 };
  return {
    excess: value,
    upper: value + studentQuantile(alpha, freedom) * error,
    pBroken: studentTail(value / error, freedom),
  };
}

/**
 * Decides several checks together. Kept: the upper bound of the excess is not above 0, or it is granted; all of them are kept wrongly with
 * probability alpha at most without any correction, as it needs each of them to be so (intersection-union test, Berger 1982,
 * Technometrics 24:295-300). Broken: by the probabilities, with the correction of Holm (1979, Scandinavian Journal of
 * Statistics 6:65-70), as one of them suffices: any is called broken wrongly with probability alpha at most.
 */
export function decide(checks: readonly Check[], alpha: number): readonly Decision[] {
  const broken = rejected(
    checks.map(({ pBroken }) => pBroken),
    alpha,
  );
  return checks.map(({ excess, upper, isGranted }, index) => {
    if (broken[index] && excess > 0) return 'broken';
    return isGranted || upper <= 0 ? 'kept' : 'undecided';
  });
}

/** Which of the hypotheses with these probabilities are rejected by Holm's step-down procedure. */
export function rejected(probabilities: readonly number[], alpha: number): readonly boolean[] {
  const order = probabilities.map((_, index) => index);
  order.sort((a, b) => (probabilities[a] ?? 1) - (probabilities[b] ?? 1));
  const firstKept = order.findIndex((each, rank) => {
    const p = probabilities[each] ?? 1;
    return !(p <= alpha / (probabilities.length - rank));
  });
  const count = firstKept === -1 ? order.length : firstKept;
  const chosen = new Set(order.slice(0, count));
  return probabilities.map((_, index) => chosen.has(index));
}
