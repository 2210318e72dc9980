import { z } from 'zod';
import { type BreakerHistory, breakerHistory } from '../analysis/breaker-history.ts';
import { EXAMPLES } from '../analysis/lib/query.ts';
import type { Evidence, FaultWindow, Finding } from '../harness/contracts.ts';
import { breachesOf, untested } from './lib/breaker.ts';
import { conclude } from './lib/conclude.ts';
import { defineAssertion } from './lib/define.ts';
import { faultWindows } from './lib/phases.ts';
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
    const windows = faultWindows(evidence).filter(({ edge }) => edge.id === view.edge);
    if (windows.length === 0) {
      return {
        verdict: 'inconclusive',
        expected: expectation(view),
        observed: `no fault on ${view.edge}`,
        figures: {},
        examples: [],
        because: `no fault was in force on ${view.edge}, so the breaker had no reason to open`,
      };
    }
    const blocks = await Promise.all(windows.map((_, block) => lookAt(evidence, windows, block, view)));
    return {
      ...conclude(
        blocks.flatMap(({ history, window, called }) =>
          [...breachesOf(history, window, view)].map((text) => ({ text: `${called}${text}` })),
        ),
        blocks.flatMap(({ history, window, called }) =>
          [...untested(history, window, view)].map((text) => `${called}${text}`),
        ),
      ),
      expected: expectation(view),
      observed: blocks
        .map(({ history, window, called }) => `${called}${describe(history, window)}`)
        .join('; '),
      figures: figuresOfAll(blocks),
      examples: [...new Set(blocks.flatMap(({ history }) => history.examples))].slice(0, EXAMPLES),
    };
  },
});

/** What was seen of the breaker around one of the times at which the fault was in force. */
interface Block {
  readonly history: BreakerHistory;
  readonly window: FaultWindow;
  /** To be read before what is said of it; empty when there is one only. */
  readonly called: string;
}

/** From when the breaker must have closed after the fault before to when the next one begins. */
async function lookAt(
  evidence: Evidence,
  windows: readonly FaultWindow[],
  block: number,
  view: Options,
): Promise<Block> {
  const window = windows[block];
  if (!window) throw new Error(`there is no block ${block}`);
  const [before, after] = [windows[block - 1], windows[block + 1]];
  const history = await breakerHistory(evidence, window.edge.from, view, {
    fromUs: window.fromUs,
    untilUs: window.untilUs,
    ...(before ? { sinceUs: Math.min(before.untilUs + view.closeWithinS * 1e6, window.fromUs) } : {}),
    ...(after ? { endUs: after.fromUs - 1 } : {}),
    failuresToOpen: view.failuresToOpen,
    graceUs: view.graceMs * 1000,
  });
  return { history, window, called: windows.length > 1 ? `block ${block + 1}: ` : '' };
}

function figuresOfAll(blocks: readonly Block[]): Finding['figures'] {
  const [only] = blocks;
  if (only && blocks.length === 1) return figuresOf(only.history, only.window);
  return Object.fromEntries(
    blocks.flatMap(({ history, window }, block) =>
      Object.entries(figuresOf(history, window)).map(([name, value]) => [`block${block + 1}.${name}`, value]),
    ),
  );
}

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
