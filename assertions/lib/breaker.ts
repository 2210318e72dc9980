import type { BreakerHistory } from '../../analysis/breaker-history.ts';
import type { FaultWindow } from '../../harness/contracts.ts';
import { isBelow } from './share.ts';
import { count, ms, number, percent } from './text.ts';

/** Failed calls since it closed that are chance: with few calls one of them is more than any margin. */
const CHANCE = 3;

export interface BreakerOptions {
  readonly span: string;
  readonly attribute: string;
  readonly failuresToOpen: number;
  readonly graceMs: number;
  readonly closeWithinS: number;
  readonly minGoodPercent: number;
}

/** What the breaker did that it must not do. */
export function* breachesOf(
  history: BreakerHistory,
  window: FaultWindow,
  options: BreakerOptions,
): Generator<string> {
  const { firstOpenUs, lateFailures, failuresAfterOpen, openBefore } = history;
  const { failuresToOpen, graceMs } = options;
  if (openBefore > 0)
    yield `it was open for ${count(openBefore, 'call')} before the fault began: look for what makes it open`;
  if (lateFailures > 0) {
    const late = `${count(lateFailures, 'call')} went through and failed more than ${number(graceMs)} ms after ${count(failuresToOpen, 'failure')} in a row`;
    yield firstOpenUs === null
      ? `it never opened, though ${count(history.failures, 'call')} failed under the fault: ${late}`
      : `it was not open when it had to be: ${late}`;
  }
  if (failuresAfterOpen > 0)
    yield `${count(failuresAfterOpen, 'call')} went through and failed after it had opened, no probes, without a good answer in between`;
  if (firstOpenUs !== null) yield* closingBreaches(history, window, options);
}

function* closingBreaches(
  history: BreakerHistory,
  { untilUs }: FaultWindow,
  { closeWithinS, minGoodPercent }: BreakerOptions,
): Generator<string> {
  const { closedAgainUs, lastState, callsSince, goodCallsSince } = history;
  if (closedAgainUs === null) {
    if (seenForS(history, untilUs) >= closeWithinS)
      yield `it did not close again: its last state is '${lastState}'. Look at its half-open delay`;
    return;
  }
  if (closedAgainUs - untilUs > closeWithinS * 1e6)
    yield `it closed ${ms(closedAgainUs - untilUs)} after the fault, allowed ${number(closeWithinS, 1)} s: look at its half-open delay`;
  if (callsSince - goodCallsSince > CHANCE && isBelow(goodCallsSince, callsSince, minGoodPercent))
    yield goodCallsSince === 0
      ? `it closed again, but no call has had a good answer since, of ${number(callsSince)}`
      : `it closed again, but only ${percent(goodCallsSince / callsSince)} of ${count(callsSince, 'call')} since had a good answer, ${number(minGoodPercent, 1)} % are needed`;
}

/**
 * What was not seen. A breaker that did not open is only to blame when enough calls failed while there was time to
 * open; with fewer, or with none, it had no reason to.
 */
export function* untested(
  history: BreakerHistory,
  { untilUs }: FaultWindow,
  { span, attribute, failuresToOpen, closeWithinS }: BreakerOptions,
): Generator<string> {
  const { firstOpenUs, failuresEnded, lateFailures } = history;
  if (history.spans === 0) {
    yield `no span '${span}' carries the attribute '${attribute}'`;
  } else if (firstOpenUs === null) {
    if (failuresEnded < failuresToOpen)
      yield `it never opened, and only ${count(failuresEnded, 'call')} failed under the fault: ${number(failuresToOpen)} must make it open, so make the fault phase longer`;
    else if (lateFailures === 0)
      yield `it never opened, but no call began after ${number(failuresToOpen)} had failed in a row: make the fault phase longer`;
  } else if (history.closedAgainUs === null) {
    const seconds = seenForS(history, untilUs);
    if (seconds < closeWithinS)
      yield `it was not closed again, but it was seen for ${number(seconds, 1)} s only after the fault, and may take ${number(closeWithinS, 1)} s: make the recovery phase longer`;
  } else if (history.goodCallsSince === 0) {
    yield `it closed again, but ${count(history.callsSince, 'call')} since then say nothing: make the recovery phase longer`;
  }
}

function seenForS({ lastSeenUs }: BreakerHistory, untilUs: number): number {
  return lastSeenUs === null ? 0 : Math.max(0, (lastSeenUs - untilUs) / 1e6);
}
