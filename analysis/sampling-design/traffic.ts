/** What the traffic is made of: the shares of its traces that fall under each sampling promise. */
import type { SamplingPromise } from '../../harness/contracts.ts';

/** Shares of all traces, 0 to 1. */
export interface Traffic {
  readonly ratePerS: number;
  /** Traces with an error, those that are slow as well included. */
  readonly errorShare: number;
  /** Slow traces, those with an error included. */
  readonly slowShare: number;
  /** Traces that have an error and are slow: a part of both. */
  readonly errorAndSlowShare: number;
  /** Health checks; of those none counts as failed or slow. */
  readonly healthShare: number;
}

/** Differences of shares below this are rounding of doubles. */
const EPSILON = 1e-12;

/** What is wrong with the shares, a sentence each; empty when they can be of one traffic. */
export function trafficProblems(traffic: Traffic): readonly string[] {
  const { errorShare, slowShare, errorAndSlowShare, healthShare } = traffic;
  const problems: string[] = [];
  if (errorAndSlowShare > Math.min(errorShare, slowShare) + EPSILON)
    problems.push('the traces that are failed and slow are more than those that are failed, or slow, alone');
  if (healthShare + errorShare + slowShare - errorAndSlowShare > 1 + EPSILON)
    problems.push('health checks, failed and slow traces are more than 100 % together');
  return problems;
}

/**
 * The share of the traces to which each promise applies and none before it, in the order of the promises; null where the
 * traffic does not tell it (a second path or a second threshold). A trace that is failed and slow falls under the promise that
 * comes first, so it is counted once. What is not known is counted under the promise for all others.
 */
export function sharesOf(promises: readonly SamplingPromise[], traffic: Traffic): readonly (number | null)[] {
  const seen = new Set<SamplingPromise['when']['kind']>();
  let left = 1;
  return promises.map(({ when }) => {
    const isFirst = !seen.has(when.kind);
    const overlap = (other: 'error' | 'slow') => (seen.has(other) ? traffic.errorAndSlowShare : 0);
    let share: number | null = 0;
    if (seen.has('any')) share = 0;
    else if (when.kind === 'any') share = clean(left);
    else if (when.kind === 'error') share = isFirst ? clean(traffic.errorShare - overlap('slow')) : 0;
    else if (!isFirst) share = null;
    else if (when.kind === 'slow') share = clean(traffic.slowShare - overlap('error'));
    else share = traffic.healthShare;
    seen.add(when.kind);
    left -= share ?? 0;
    return share;
  });
}

/** A difference of shares without the dust of binary fractions: 0.985 and not 0.98500000000000001. */
function clean(share: number): number {
  return Math.max(0, Number(share.toPrecision(12)));
}
