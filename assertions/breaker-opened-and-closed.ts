import { z } from 'zod';
import { type BreakerHistory, breakerHistory } from '../analysis/breaker-history.ts';
import type { FaultWindow, Finding } from '../harness/contracts.ts';
import { defineAssertion } from './lib/define.ts';
import { checkEdge } from './lib/system.ts';
import { count, ms, number, round } from './lib/text.ts';

const options = z.strictObject({
  edge: z.string(),
  /** Name of the spans that carry the breaker's state. */
  span: z.string(),
  attribute: z.string().default('circuit_breaker.state'),
  /** Value of the attribute on a call that was short-circuited, and on one that went through as usual. */
  open: z.string().default('open'),
  closed: z.string().default('closed'),
  /** Failed calls under the fault after which a breaker that did not open is at fault. */
  failuresToOpen: z.number().int().positive().default(20),
});

type Options = z.output<typeof options>;

type Judged = Pick<Finding, 'verdict' | 'because'>;

export default defineAssertion({
  id: 'breaker-opened-and-closed',
  title: 'The circuit breaker opened and closed again',
  promise:
    'Under the fault the breaker opens after the first failures, so that callers do not wait in vain; when the fault is over it closes again and calls succeed.',
  needs: ['recording'],
  options,
  async judge(evidence, view) {
    checkEdge(evidence, view.edge);
    const window = evidence.faults.find(({ on }) => on === view.edge)?.window;
    if (!window) {
      return {
        verdict: 'inconclusive',
        expected: expectation(view),
        observed: `no fault on ${view.edge}`,
        figures: {},
        examples: [],
        because: `no fault was in force on ${view.edge}, so the breaker had no reason to open`,
      };
    }
    const history = await breakerHistory(evidence, view, window.fromUs, window.untilUs);
    return {
      ...judged(history, view),
      expected: expectation(view),
      observed: describe(history, window),
      figures: figuresOf(history, window),
      examples: [],
    };
  },
});

function expectation({ edge }: Options): string {
  return `${edge}: open after the first failures of the fault, closed again with good answers at the end`;
}

/**
 * A breaker that did not open is only to blame when enough calls failed; with fewer, or with none, it had no reason
 * to, and was not tested.
 */
function judged(history: BreakerHistory, { span, attribute, failuresToOpen }: Options): Judged {
  if (history.spans === 0) {
    return { verdict: 'inconclusive', because: `no span '${span}' carries the attribute '${attribute}'` };
  }
  if (history.firstOpenUs === null) {
    return history.failures >= failuresToOpen
      ? {
          verdict: 'fail',
          because: `it never opened, though ${count(history.failures, 'call')} failed under the fault`,
        }
      : {
          verdict: 'inconclusive',
          because: `it never opened, and only ${count(history.failures, 'call')} failed under the fault: ${number(failuresToOpen)} must make it open`,
        };
  }
  if (history.closedAgainUs === null) {
    return {
      verdict: 'fail',
      because: `it did not close again: its last state is '${history.lastState}'. Look at its half-open delay, or make the recovery phase longer`,
    };
  }
  if (history.goodCallsSince === 0) {
    return { verdict: 'fail', because: 'it closed again, but no call has had a good answer since' };
  }
  return { verdict: 'pass' };
}

function describe(history: BreakerHistory, { fromUs, untilUs }: FaultWindow): string {
  if (history.spans === 0) return 'its state was never recorded';
  if (history.firstOpenUs === null) return `never opened; ${count(history.failures, 'call')} failed`;
  const opened = `opened ${ms(history.firstOpenUs - fromUs)} after the fault began, after ${count(history.failuresBeforeOpen, 'failure')}, and spared ${count(history.shortCircuited, 'call')}`;
  return history.closedAgainUs === null
    ? `${opened}; last seen '${history.lastState}'`
    : `${opened}; closed ${ms(history.closedAgainUs - untilUs)} after its end, ${number(history.goodCallsSince)} good answers since`;
}

function figuresOf(history: BreakerHistory, { fromUs, untilUs }: FaultWindow): Finding['figures'] {
  const since = (instant: number | null, start: number): number | null =>
    instant === null ? null : round((instant - start) / 1000);
  return {
    openedAfterMs: since(history.firstOpenUs, fromUs),
    closedAfterMs: since(history.closedAgainUs, untilUs),
    failuresUnderFault: history.failures,
    failuresBeforeOpen: history.failuresBeforeOpen,
    shortCircuited: history.shortCircuited,
    openBeforeFault: history.openBefore,
    goodCallsSinceClosed: history.goodCallsSince,
    lastState: history.lastState,
  };
}
