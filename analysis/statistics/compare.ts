import type { Random } from '../../harness/contracts.ts';
import { blockLength } from './block-length.ts';
import { type Check, checkOf } from './decision.ts';
import { binomialTail, studentQuantile } from './distributions.ts';
import { bootstrapped, type Estimate, exactly, meanOf, minus, repeated } from './estimate.ts';
import { badShareOf, medianOf, timesOf } from './series.ts';
import type { Quantile, Window } from './window-series.ts';

/** Windows with a time, in each of the phases, without which times are not compared. */
const LEAST_WINDOWS = 3;

/** Pairs of phases from which on their differences alone say how sure they are. */
const LEAST_PAIRS = 4;

/** How much worse a phase may be than the baseline. */
export interface Margins {
  /** Times: baseline x factor + marginUs. */
  readonly factor: number;
  readonly marginUs: number;
  /** By how much the share of good answers may fall. */
  readonly goodMargin: number;
  /** Bad answers, and slow windows, of a phase that are granted whatever their share. */
  readonly grantedBad: number;
  readonly grantedSlow: number;
  /** Probability of each of the two errors: 1 - confidence. */
  readonly alpha: number;
}

/** The windows of a phase, by block in the order of time. */
export type Blocks = readonly (readonly Window[])[];

export interface Comparison {
  /** Of the natural logarithm of time / allowed time. */
  readonly time: Check;
  /** Of the fall of the share of good answers below what is allowed. */
  readonly good: Check;
}

/**
 * Compares a phase with its baseline: is it worse by no more than the margins? When both have as many blocks, each
 * is compared with the baseline just before it, so that what drifts in the course of the run is no difference.
 */
export function compare(
  baseline: Blocks,
  phase: Blocks,
  quantile: Quantile,
  margins: Margins,
  random: Random,
): Comparison {
  const isPaired = baseline.length === phase.length && phase.length > 1;
  const pairs = isPaired
    ? phase.map((windows, block) => [baseline[block] ?? [], windows] as const)
    : [[baseline.flat(), phase.flat()] as const];
  return {
    time: timeCheck(pairs, quantile, margins, random),
    good: goodCheck(pairs, margins, random),
  };
}

type Pair = readonly [baseline: readonly Window[], phase: readonly Window[]];

function timeCheck(pairs: readonly Pair[], quantile: Quantile, margins: Margins, random: Random): Check {
  const { factor, marginUs, alpha } = margins;
  const excesses: Estimate[] = [];
  const limits: Estimate[] = [];
  let slow = 0;
  for (const [before, after] of pairs) {
    const [baseline, phase] = [timesOf(before, quantile), timesOf(after, quantile)];
    if (Math.min(baseline.length, phase.length) < LEAST_WINDOWS)
      return { excess: 0, upper: Number.POSITIVE_INFINITY, pBroken: 1 };
    // In logarithms a factor is a difference, and one window of many seconds does not outweigh all others.
    const limit = medianEstimate(baseline, (median) => Math.log(median * factor + marginUs), random);
    const time = medianEstimate(phase, (median) => Math.log(Math.max(median, 1)), random);
    const leastLimit = limit.value - reach(limit, alpha);
    slow += phase.filter((value) => Math.log(Math.max(value, 1)) > leastLimit).length;
    limits.push(limit);
    excesses.push(minus(time, limit));
  }
  const check = checkOf(combined(excesses), alpha);
  return { ...check, isGranted: slow <= margins.grantedSlow && check.excess <= 0 };
}

function medianEstimate(
  values: readonly number[],
  transformed: (median: number) => number,
  random: Random,
): Estimate {
  const median = medianOf(values);
  return bootstrapped(values.length, blockLength(values), (places) => transformed(median(places)), random);
}

function combined(estimates: readonly Estimate[]): Estimate {
  const [only] = estimates;
  if (only && estimates.length === 1) return only;
  return estimates.length < LEAST_PAIRS ? meanOf(estimates) : repeated(estimates.map(({ value }) => value));
}

/** From the value to its one-sided bound. */
function reach({ variance, freedom }: Estimate, alpha: number): number {
  return variance === 0 ? 0 : studentQuantile(alpha, freedom) * Math.sqrt(variance);
}

/**
 * The upper bound is that of the bootstrap, or of independent requests where that is wider. Whether too many failed is
 * counted: an answer that failed is no noise of a measurement. By the exact binomial tail, at the share that the baseline may
 * have by its upper bound (as Berger & Boos 1994, JASA 89:1012-1016, treat what is not known) and the margin on top.
 */
function goodCheck(pairs: readonly Pair[], margins: Margins, random: Random): Check {
  const { goodMargin, grantedBad, alpha } = margins;
  const losses = pairs.map(([before, after]) =>
    minus(shareEstimate(after, random), shareEstimate(before, random)),
  );
  const loss = combined(losses);
  const { value, variance, freedom } = loss;
  const check = checkOf({ value: value - goodMargin, variance, freedom }, alpha);
  const phase = pairs.flatMap(([, after]) => after);
  const before = pairs.flatMap(([windows]) => windows);
  const [{ bad, requests }, usual] = [countsOf(phase), countsOf(before)];
  const share = usual.bad === 0 ? exactly(0) : shareEstimate(before, random);
  const allowed = share.value + reach(share, alpha) + goodMargin;
  const isGranted = bad <= grantedBad;
  return { ...check, isGranted, pBroken: isGranted ? 1 : binomialTail(bad, requests, allowed) };
}

function shareEstimate(windows: readonly Window[], random: Random): Estimate {
  const statistic = badShareOf(windows);
  const { bad, requests } = countsOf(windows);
  const shares = windows.map((window) => (window.requests - window.good) / Math.max(window.requests, 1));
  const found = bootstrapped(windows.length, blockLength(shares), statistic, random);
  // Without a bad answer the bootstrap sees no variance; one more of each kind (Laplace) gives the least that there is.
  const share = (bad + 1) / (requests + 2);
  return { ...found, variance: Math.max(found.variance, (share * (1 - share)) / Math.max(requests, 1)) };
}

function countsOf(windows: readonly Window[]): { readonly bad: number; readonly requests: number } {
  return {
    bad: windows.reduce((sum, { requests, good }) => sum + requests - good, 0),
    requests: windows.reduce((sum, { requests }) => sum + requests, 0),
  };
}
