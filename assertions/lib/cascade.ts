import { type Comparison, compare } from '../../analysis/statistics/compare.ts';
import { seeded } from '../../analysis/statistics/random.ts';
import { timesOf } from '../../analysis/statistics/series.ts';
import {
  type PhaseWindow,
  type Quantile,
  type Window,
  windowSeries,
} from '../../analysis/statistics/window-series.ts';
import type { Evidence, PhaseName } from '../../harness/contracts.ts';
import { faultWindows } from './phases.ts';
import { saturation } from './saturation.ts';
import { goodShare, median } from './windows.ts';

/** Quantiles that a window of a second can carry: below these numbers of requests the higher one is a lottery. */
const QUANTILES = [
  { name: 'p99', least: 20 },
  { name: 'p95', least: 10 },
  { name: 'p50', least: 0 },
] as const;

/** Bad answers that are chance, in a phase as in a window: with few requests one of them is more than any margin. */
export const CHANCE = 3;

/** Slow windows that are chance: a busy machine stumbles for a second or two. */
export const STUMBLES = 2;

/** A bound above this, a day, says no more than that there is none. */
export const LONGEST_US = 86_400e6;

export interface CascadeBounds {
  readonly factor: number;
  readonly marginMs: number;
  readonly goodMarginPoints: number;
  /** Seconds of the recovery that are not judged. */
  readonly settleS: number;
  readonly confidencePercent: number;
}

/** Windows of a kind: how many there are, and how many of them in a row. */
export interface Windows {
  readonly count: number;
  readonly inARow: number;
}

export interface PhaseBehaviour {
  readonly windows: number;
  readonly requests: number;
  /** Requests without an answer of 2xx or 3xx, and the share of the others. */
  readonly bad: number;
  readonly goodShare: number;
  /** Median over the windows of the quantile of the response time, from when a request was due. */
  readonly medianUs: number;
  /** Windows in which the route failed more often than the baseline allows. */
  readonly failing: Windows;
  /** Those, and the ones in which it was slower. */
  readonly poor: Windows;
  /** Of the poor ones those that were not only slow while the machine was saturated. */
  readonly surelyPoor: Windows;
}

/** A phase beside the baseline. */
export interface ComparedPhase extends PhaseBehaviour {
  readonly comparison: Comparison;
}

export interface RouteBehaviour {
  readonly route: string;
  readonly quantile: Quantile;
  /** What the quantile may be, in a window and as the median over them. */
  readonly limitUs: number;
  readonly baseline: PhaseBehaviour;
  readonly fault: ComparedPhase;
  /** Without its first seconds. */
  readonly recovery: ComparedPhase;
}

/** How a route did in each phase, by windows of a second of due time, and how that compares with the baseline. */
export async function behaviourOf(
  evidence: Evidence,
  route: string,
  bounds: CascadeBounds,
): Promise<RouteBehaviour> {
  const windows = await windowSeries(evidence, route);
  const wasSaturated = await saturation(evidence);
  return behaviourIn(
    windows,
    {
      route,
      settledUs: settledFrom(evidence, windows, bounds),
      wasSaturated: ({ startUs }) => wasSaturated(startUs, startUs + 1e6),
      seed: evidence.run.seed,
    },
    bounds,
  );
}

export interface Circumstances {
  readonly route: string;
  /** From when on the recovery is judged. */
  readonly settledUs: number;
  /** Whether the machine was so busy in a window that it may be to blame for what was slow in it. */
  wasSaturated(window: PhaseWindow): boolean;
  /** Of the resampling. */
  readonly seed: number;
}

/** The same of a route's windows of all phases, in the order of time. */
export function behaviourIn(
  windows: readonly PhaseWindow[],
  { route, settledUs, wasSaturated, seed }: Circumstances,
  bounds: CascadeBounds,
): RouteBehaviour {
  const of = (name: PhaseName) => windows.filter(({ phase }) => phase === name);
  // A baseline that follows a fault begins in its aftermath.
  const baseline = of('baseline').filter(({ block, second }) => block === 0 || second >= bounds.settleS);
  const fault = of('fault');
  const recovery = of('recovery').filter(({ startUs }) => startUs >= settledUs);
  const quantile = fitting(baseline, fault);
  const limitUs = median(timesOf(baseline, quantile)) * bounds.factor + bounds.marginMs * 1000;
  const leastShare = goodShare(baseline) - bounds.goodMarginPoints / 100;
  const summary = (phase: readonly PhaseWindow[]): PhaseBehaviour => {
    const isFailing = ({ requests, good }: Window): boolean =>
      requests - good > CHANCE && good < leastShare * requests - 1e-9;
    const isPoor = (window: Window): boolean => isFailing(window) || (window[quantile] ?? 0) > limitUs;
    return {
      windows: phase.length,
      requests: phase.reduce((sum, { requests }) => sum + requests, 0),
      bad: phase.reduce((sum, { requests, good }) => sum + requests - good, 0),
      goodShare: goodShare(phase),
      medianUs: median(timesOf(phase, quantile)),
      failing: windowsThat(phase, isFailing),
      poor: windowsThat(phase, isPoor),
      surelyPoor: windowsThat(
        phase,
        (window) => isFailing(window) || (isPoor(window) && !wasSaturated(window)),
      ),
    };
  };
  const margins = {
    factor: bounds.factor,
    marginUs: bounds.marginMs * 1000,
    goodMargin: bounds.goodMarginPoints / 100,
    grantedBad: CHANCE,
    grantedSlow: STUMBLES,
    alpha: 1 - bounds.confidencePercent / 100,
  };
  const compared = (phase: readonly PhaseWindow[]): ComparedPhase => ({
    ...summary(phase),
    comparison: compare(blocksOf(baseline), blocksOf(phase), quantile, margins, seeded(seed)),
  });
  return {
    route,
    quantile,
    limitUs,
    baseline: summary(baseline),
    fault: compared(fault),
    recovery: compared(recovery),
  };
}

function blocksOf(windows: readonly PhaseWindow[]): readonly (readonly PhaseWindow[])[] {
  return [...Map.groupBy(windows, ({ block }) => block).values()];
}

/** Start of the first window of the recovery that is judged; a fault is gone a moment after its phase. */
function settledFrom(
  evidence: Evidence,
  windows: readonly PhaseWindow[],
  { settleS }: CascadeBounds,
): number {
  const first = windows.find(({ phase }) => phase === 'recovery');
  if (!first) return 0;
  const startUs = first.startUs - first.second * 1e6;
  const goneUs = Math.max(startUs, ...faultWindows(evidence).map(({ untilUs }) => untilUs));
  return startUs + (Math.floor((goneUs - startUs) / 1e6) + settleS) * 1e6;
}

/** The same quantile for all phases, as the phase with the emptier windows can carry it. */
function fitting(...phases: readonly (readonly Window[])[]): Quantile {
  const size = Math.min(...phases.map((windows) => median(windows.map((window) => window.requests))));
  return QUANTILES.find(({ least }) => size >= least)?.name ?? 'p50';
}

/** In a row: of consecutive windows of the same phase. */
function windowsThat(windows: readonly PhaseWindow[], suits: (window: PhaseWindow) => boolean): Windows {
  let run = 0;
  let inARow = 0;
  let count = 0;
  let block: number | undefined;
  for (const window of windows) {
    if (window.block !== block) run = 0;
    block = window.block;
    run = suits(window) ? run + 1 : 0;
    inARow = Math.max(inARow, run);
    if (run > 0) count += 1;
  }
  return { count, inARow };
}
