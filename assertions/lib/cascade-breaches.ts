import type { PhaseName } from '../../harness/contracts.ts';
import { CHANCE, type PhaseBehaviour, type RouteBehaviour, type Windows } from './cascade.ts';
import type { Deadline } from './deadline.ts';
import { count, ms, number, percent } from './text.ts';

/** Bad windows below which their share says nothing: a busy machine stumbles for a second or two. */
const LEAST_BAD_WINDOWS = 3;

export interface BreachBounds {
  readonly goodMarginPoints: number;
  readonly maxBadWindowsPercent: number;
  readonly maxBadWindowsInARow: number;
}

/** Something that a route did beyond its bounds. */
export interface Breach {
  readonly route: string;
  readonly phase: PhaseName;
  readonly text: string;
  /** Only a time is beyond its bound, which may be the doing of whoever measures. */
  readonly isTiming: boolean;
  /** Why it may be the machine's doing, if that is known of just these windows. */
  readonly doubt?: string;
}

/** What a route that must not be touched did beyond its bounds, in a phase that is called `when`. */
export function* routeBreaches(
  behaviour: RouteBehaviour,
  phase: 'fault' | 'recovery',
  when: string,
  bounds: BreachBounds,
): Generator<Breach> {
  const { route, quantile, limitUs, baseline } = behaviour;
  const { medianUs, bad, goodShare, windows, failing, poor, surelyPoor } = behaviour[phase];
  const breach = (text: string, isTiming: boolean): Breach => ({ route, phase, text, isTiming });
  const isSlow = medianUs > limitUs;
  if (isSlow) {
    const text = `${route} became slower: ${quantile} ${ms(medianUs)} ${when}, allowed ${ms(limitUs)}`;
    yield breach(text, true);
  }
  const lostPoints = (baseline.goodShare - goodShare) * 100;
  const isFailing = bad > CHANCE && lostPoints > bounds.goodMarginPoints + 1e-9;
  if (isFailing) {
    const text = `${route} failed more often ${when}: ${percent(goodShare, 2)} good answers, ${number(lostPoints, 2)} points less`;
    yield breach(text, false);
  }
  // What all windows together show need not be said again of some of them.
  const fails = isTooMuch(failing, windows, bounds);
  if (fails && !isFailing) {
    yield breach(`${route} failed more often in ${describe(failing, windows, when, bounds)}`, false);
  } else if (!fails && isTooMuch(poor, windows, bounds) && !isSlow) {
    const text = `${route} was too slow or failed in ${describe(poor, windows, when, bounds)}`;
    const excused = poor.count - surelyPoor.count;
    const doubt = `the machine was saturated in ${number(excused)} of these seconds, so it may be to blame: lower --rate, or let nothing else run`;
    yield isTooMuch(surelyPoor, windows, bounds) ? breach(text, true) : { ...breach(text, true), doubt };
  }
}

function isTooMuch(found: Windows, windows: number, bounds: BreachBounds): boolean {
  const isOften =
    found.count >= LEAST_BAD_WINDOWS && found.count * 100 > windows * bounds.maxBadWindowsPercent;
  return isOften || found.inARow > bounds.maxBadWindowsInARow;
}

function describe(
  { count: amount, inARow }: Windows,
  windows: number,
  when: string,
  { maxBadWindowsPercent, maxBadWindowsInARow }: BreachBounds,
): string {
  return `${number(amount)} of ${number(windows)} s ${when}, ${number(inARow)} in a row; allowed ${number(maxBadWindowsPercent, 1)} % and ${number(maxBadWindowsInARow)} in a row`;
}

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

/** What the requests of a route with a deadline did beyond it. One without an answer that waited so long is late, too. */
export function* deadlineBreaches(
  { route, late, unanswered, gaveUp }: Deadline,
  graceMs: number,
): Generator<Breach> {
  const breach = (text: string, isTiming: boolean): Breach => ({ route, phase: 'fault', text, isTiming });
  if (late > 0)
    yield breach(
      `${count(late, `${route} answer`)} after the deadline and its grace of ${number(graceMs)} ms`,
      true,
    );
  if (unanswered > 0)
    yield breach(`${count(unanswered, `${route} request`)} without an answer`, gaveUp === unanswered);
}
