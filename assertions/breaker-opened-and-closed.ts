import { z } from 'zod';
import { type BreakerHistory, breakerHistory } from '../analysis/breaker-history.ts';
import type { FaultWindow, Finding } from '../harness/contracts.ts';
import { breachesOf, untested } from './lib/breaker.ts';
import { conclude } from './lib/conclude.ts';
import { defineAssertion } from './lib/define.ts';
import { checkEdge } from './lib/system.ts';
import { count, ms, number, round } from './lib/text.ts';

const options = z.strictObject({
  edge: z.string(),
  /** Name of the spans that carry the breaker's state. */
  span: z.string(),
  attribute: z.string().default('circuit_breaker.state'),
  /** Value of the attribute on a call that was short-circuited, on a probe, and on one that went through as usual. */
  open: z.string().default('open'),
  halfOpen: z.string().default('half_open'),
  closed: z.string().default('closed'),
  /** Calls that failed in a row under the fault after which it must be open. */
  failuresToOpen: z.number().int().positive().default(20),
  /** How long after the last of them a call may still go through. */
  graceMs: z.number().min(0).default(1000),
  /** Seconds after the fault within which it must be closed again. */
  closeWithinS: z.number().positive().default(10),
  /** Share of good answers among the calls since then, in percent. */
  minGoodPercent: z.number().min(0).max(100).default(95),
});

type Options = z.output<typeof options>;

export default defineAssertion({
  id: 'breaker-opened-and-closed',
  title: 'The circuit breaker opened and closed again',
  promise:
    'Under the fault the breaker opens after the first failures and lets nothing but probes through, so that callers do not wait in vain; when the fault is over it closes again in time and calls succeed.',
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
    const history = await breakerHistory(evidence, window.edge.from, view, {
      fromUs: window.fromUs,
      untilUs: window.untilUs,
      failuresToOpen: view.failuresToOpen,
      graceUs: view.graceMs * 1000,
    });
    return {
      ...conclude([...breachesOf(history, window, view)], [...untested(history, window, view)]),
      expected: expectation(view),
      observed: describe(history, window),
      figures: figuresOf(history, window),
      examples: history.examples,
    };
  },
});

function expectation({ edge, failuresToOpen, closeWithinS, minGoodPercent }: Options): string {
  return `${edge}: not open before the fault, open after ${count(failuresToOpen, 'failure')} in a row at most and then for all but probes, closed again within ${number(closeWithinS, 1)} s after it with ${number(minGoodPercent, 1)} % good answers`;
}

function describe(history: BreakerHistory, { fromUs, untilUs }: FaultWindow): string {
  if (history.spans === 0) return 'its state was never recorded';
  if (history.firstOpenUs === null) return `never opened; ${count(history.failures, 'call')} failed`;
  const opened = `opened ${ms(history.firstOpenUs - fromUs)} after the fault began, after ${count(history.failuresBeforeOpen, 'failure')}, and spared ${count(history.shortCircuited, 'call')}`;
  if (history.closedAgainUs === null) return `${opened}; last seen '${history.lastState}'`;
  const sinceUs = history.closedAgainUs - untilUs;
  const closed = sinceUs < 0 ? `${ms(-sinceUs)} before its end` : `${ms(sinceUs)} after its end`;
  return `${opened}; closed ${closed}, ${number(history.goodCallsSince)} good answers since`;
}

function figuresOf(history: BreakerHistory, { fromUs, untilUs }: FaultWindow): Finding['figures'] {
  const since = (instant: number | null, start: number): number | null =>
    instant === null ? null : round((instant - start) / 1000);
  return {
    openedAfterMs: since(history.firstOpenUs, fromUs),
    closedAfterMs: since(history.closedAgainUs, untilUs),
    seenAfterFaultMs: since(history.lastSeenUs, untilUs),
    failuresUnderFault: history.failures,
    failuresEndedUnderFault: history.failuresEnded,
    failuresBeforeOpen: history.failuresBeforeOpen,
    lateFailures: history.lateFailures,
    failuresAfterOpen: history.failuresAfterOpen,
    shortCircuited: history.shortCircuited,
    openBeforeFault: history.openBefore,
    callsSinceClosed: history.callsSince,
    goodCallsSinceClosed: history.goodCallsSince,
    lastState: history.lastState,
  };
}
