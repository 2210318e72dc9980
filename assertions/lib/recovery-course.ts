import type { Window } from '../../analysis/statistics/window-series.ts';
import type { Aftermath } from './recovery.ts';

/** Requests in a window below which a single bad one says nothing. */
const LEAST_FOR_SHARE = 100;

/** Seconds that must be bad in a row to be a relapse and not a stumble. */
const RELAPSE = 2;

export interface RecoveryBounds {
  readonly sustainedS: number;
  readonly goodMarginPoints: number;
  readonly factor: number;
  readonly marginMs: number;
}

/** How a route came back after the fault; times in whole seconds since its end, undefined where it did not happen. */
export interface Course extends Omit<Aftermath, 'seconds'> {
  /** What the quantile of a second may be. */
  readonly limitUs: number;
  /** Seconds observed, and those of them without a request. */
  readonly windows: number;
  readonly empty: number;
  /** Start of the first seconds in a row that were good; those without a request taken for bad, or for good. */
  readonly backAfterS: number | undefined;
  readonly atBestAfterS: number | undefined;
  /** First of several bad seconds in a row after it was back. */
  readonly relapsedAfterS: number | undefined;
  /** The last second with a request. */
  readonly last: Window | undefined;
}

/** @param isExcused seconds after the fault in which slow answers, not failed ones, count as if no request had been due */
export function courseOf(
  { seconds, ...aftermath }: Aftermath,
  bounds: RecoveryBounds,
  isExcused: (second: number) => boolean = () => false,
): Course {
  const { baseline, quantile } = aftermath;
  const limitUs = baseline.medianUs * bounds.factor + bounds.marginMs * 1000;
  const leastShare = baseline.goodShare - bounds.goodMarginPoints / 100;
  const isBack = (window: Window | undefined): boolean =>
    window !== undefined && isGood(window, leastShare) && (window[quantile] ?? 0) <= limitUs;
  const isBad = (window: Window | undefined, second: number): boolean =>
    window !== undefined && !isBack(window) && !(isExcused(second) && isGood(window, leastShare));
  const back = firstRun(seconds, isBack, bounds.sustainedS);
  return {
    ...aftermath,
    limitUs,
    windows: seconds.length,
    empty: seconds.filter((window) => window === undefined).length,
    backAfterS: back,
    atBestAfterS: firstRun(seconds, (window, second) => !isBad(window, second), bounds.sustainedS),
    relapsedAfterS:
      back === undefined ? undefined : firstRun(seconds, isBad, RELAPSE, back + bounds.sustainedS),
    last: seconds.findLast((window) => window !== undefined),
  };
}

/** A second in which nothing went well is not good, however few requests it had. */
function isGood({ requests, good }: Window, leastShare: number): boolean {
  if (good === 0) return false;
  return good >= leastShare * requests - 1e-9 || (requests < LEAST_FOR_SHARE && requests - good <= 1);
}

/** Index of the first of `length` values in a row that suit. */
function firstRun<Value>(
  values: readonly Value[],
  suits: (value: Value, index: number) => boolean,
  length: number,
  from = 0,
): number | undefined {
  let run = 0;
  const end = values.findIndex((value, index) => {
    run = index >= from && suits(value, index) ? run + 1 : 0;
    return run === length;
  });
  return end === -1 ? undefined : end - length + 1;
}
