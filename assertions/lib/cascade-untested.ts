import type { PhaseBehaviour, RouteBehaviour } from './cascade.ts';
import { number, percent } from './text.ts';

/** Why a route cannot be judged: too little is known of it, or it was ill before. */
export function* untested(
  { route, baseline, fault }: RouteBehaviour,
  leastWindows: number,
  minBaselineGoodPercent: number,
): Generator<string> {
  if (Math.min(baseline.windows, fault.windows) < leastWindows)
    yield `${route} has ${number(baseline.windows)} windows of a second in the baseline and ${number(fault.windows)} under the fault; ${leastWindows} are needed: make the phases longer`;
  else if (isIll(baseline, minBaselineGoodPercent))
    yield `${route} was ill before: ${percent(baseline.goodShare, 2)} good answers in the baseline, ${number(minBaselineGoodPercent, 2)} % are needed`;
}

function isIll({ bad, requests }: PhaseBehaviour, minBaselineGoodPercent: number): boolean {
  return bad * 100 > (100 - minBaselineGoodPercent) * requests + 1e-6;
}
