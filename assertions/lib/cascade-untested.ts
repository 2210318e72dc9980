import type { RouteBehaviour } from './cascade.ts';
import { number } from './text.ts';
import { illBefore } from './untested.ts';
import { LEAST_WINDOWS } from './windows.ts';

/** Why a route cannot be judged: too little is known of it, or it was ill before. */
export function* untested(
  { route, baseline, fault }: RouteBehaviour,
  minBaselineGoodPercent: number,
): Generator<string> {
  if (Math.min(baseline.windows, fault.windows) < LEAST_WINDOWS)
    yield `${route} has ${number(baseline.windows)} windows of a second in the baseline and ${number(fault.windows)} under the fault; ${LEAST_WINDOWS} are needed: make the phases longer`;
  else {
    const { requests, bad } = baseline;
    yield* illBefore(route, { requests, good: requests - bad }, minBaselineGoodPercent);
  }
}
