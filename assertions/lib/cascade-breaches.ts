import type { PhaseName } from '../../harness/contracts.ts';
import { LONGEST_US, STUMBLES, type Windows } from './cascade.ts';
import type { Judged } from './cascade-judged.ts';
import type { Breach } from './conclude.ts';
import type { Deadline } from './deadline.ts';
import { blameMachine } from './saturation.ts';
import { count, ms, number, percent } from './text.ts';

export interface BreachBounds {
  readonly goodMarginPoints: number;
  readonly maxBadWindowsPercent: number;
  readonly maxBadWindowsInARow: number;
}

const WHEN = { fault: 'under the fault', recovery: 'in the recovery' } as const;

/** Something that a route did beyond its bounds. */
export interface CascadeBreach extends Breach {
  readonly route: string;
  readonly phase: PhaseName;
  /** Only a time is beyond its bound, which may be the doing of whoever measures. */
  readonly isTiming: boolean;
}

/** What a route that must not be touched did beyond its bounds in a phase. */
export function* routeBreaches(
  { behaviour, phase, time, good }: Judged,
  bounds: BreachBounds,
): Generator<CascadeBreach> {
  const { route, quantile, limitUs, baseline } = behaviour;
  const { medianUs, goodShare, windows, failing, poor, surelyPoor } = behaviour[phase];
  const when = WHEN[phase];
  const breach = (text: string, isTiming: boolean): CascadeBreach => ({ route, phase, text, isTiming });
  const isSlow = time === 'broken';
  if (isSlow) {
    const text = `${route} became slower: ${quantile} ${ms(medianUs)} ${when}, allowed ${ms(limitUs)}`;
    yield breach(text, true);
  }
  const lostPoints = (baseline.goodShare - goodShare) * 100;
  const isFailing = good === 'broken';
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
    const doubt = blameMachine(`in ${number(excused)} of these seconds`);
    yield isTooMuch(surelyPoor, windows, bounds) ? breach(text, true) : { ...breach(text, true), doubt };
  }
}

function isTooMuch(found: Windows, windows: number, bounds: BreachBounds): boolean {
  const isOften = found.count > STUMBLES && found.count * 100 > windows * bounds.maxBadWindowsPercent;
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

/** What the data cannot decide of a phase, and what to do. */
export function* undecided(
  { behaviour, phase, time, good }: Judged,
  { goodMarginPoints, confidencePercent }: BreachBounds & { readonly confidencePercent: number },
): Generator<string> {
  const { route, quantile, limitUs, baseline } = behaviour;
  const { medianUs, goodShare, comparison } = behaviour[phase];
  const remedy = `too few or too unsteady seconds to decide it with ${number(confidencePercent, 1)} % confidence: make the phases longer, or repeat them with --blocks`;
  if (time === 'undecided')
    yield `${route} ${quantile} ${ms(medianUs)} ${WHEN[phase]}, perhaps ${atMost(limitUs, comparison.time.upper)}, allowed ${ms(limitUs)}: ${remedy}`;
  if (good === 'undecided') {
    const lost = (baseline.goodShare - goodShare) * 100;
    const upper = comparison.good.upper * 100 + goodMarginPoints;
    yield `${route} has ${number(lost, 2)} points of good answers less ${WHEN[phase]}, perhaps ${upper > 100 ? 'any number' : number(upper, 2)}, allowed ${number(goodMarginPoints, 2)}: ${remedy}`;
  }
}

/** The upper bound of a time. */
function atMost(limitUs: number, upper: number): string {
  const boundUs = limitUs * Math.exp(upper);
  return boundUs < LONGEST_US ? ms(boundUs) : 'any time';
}

/** What the requests of a route with a deadline did beyond it. One without an answer that waited so long is late, too. */
export function* deadlineBreaches(
  { route, late, unanswered, gaveUp, excused }: Deadline,
  graceMs: number,
): Generator<CascadeBreach> {
  const breach = (text: string, isTiming: boolean, isExcused: boolean): CascadeBreach => ({
    route,
    phase: 'fault',
    text,
    isTiming,
    doubt: isExcused ? blameMachine('while they were under way') : undefined,
  });
  // Who has no excuse, if there is one; the others beside them.
  const told = (amount: number, excuses: number, what: string): string =>
    excuses === 0 || excuses === amount
      ? count(amount, what)
      : `${count(amount - excuses, what)} (and ${number(excuses)} more while the machine was saturated)`;
  if (late > 0) {
    const text = `${told(late, excused.late, `${route} answer`)} after the deadline and its grace of ${number(graceMs)} ms`;
    yield breach(text, true, excused.late === late);
  }
  if (unanswered > 0) {
    const text = `${told(unanswered, excused.gaveUp, `${route} request`)} without an answer`;
    yield breach(text, gaveUp === unanswered, excused.gaveUp === unanswered);
  }
}
