import { z } from 'zod';
import { EXAMPLES } from '../analysis/lib/query.ts';
import { conclude } from './lib/conclude.ts';
import { credibility, incredible } from './lib/credible.ts';
import { defineAssertion } from './lib/define.ts';
import { measuredPhases } from './lib/phases.ts';
import { checkEdge } from './lib/system.ts';
import { count, ms, number, round } from './lib/text.ts';
import { type TimedCalls, timedCalls, type Unaccounted, unaccountedFor } from './lib/time-out.ts';

export default defineAssertion({
  id: 'timeout-enforced',
  title: 'The time-out is enforced',
  promise:
    'No call on the edge lasts beyond its time-out, the fault made some reach it, and none is unaccounted for, as one that never ends would be.',
  needs: ['recording'],
  options: z.strictObject({
    edge: z.string(),
    timeoutMs: z.number().positive(),
    /** What a busy caller may need beyond the time-out to end the call. */
    graceMs: z.number().min(0).default(250),
    ...credibility,
  }),
  async judge(evidence, { edge, timeoutMs, graceMs, ...credible }) {
    checkEdge(evidence, edge);
    const found = await timedCalls(evidence, edge, timeoutMs, graceMs);
    const caller = evidence.run.system.edges.find(({ id }) => id === edge)?.from ?? '';
    const lost = await unaccountedFor(evidence, caller);
    const phases = measuredPhases(evidence).map(({ name }) => name);
    const text = `${count(found.over, 'call')} lasted longer: the caller sets no time-out of ${number(timeoutMs)} ms, or does not end the call on it`;
    const breaches = found.over > 0 ? [{ text, doubt: await incredible(evidence, credible, phases) }] : [];
    return {
      ...conclude(breaches, [...untested(found, lost, caller)]),
      expected: `no call on ${edge} beyond ${number(timeoutMs)} + ${number(graceMs)} ms`,
      observed:
        found.longestUs === null
          ? 'no calls'
          : `longest of ${count(found.calls, 'call')} ${ms(found.longestUs)}; ${number(found.reached)} reached the time-out`,
      figures: {
        calls: found.calls,
        reachedTimeout: found.reached,
        overTimeout: found.over,
        unaccountedFor: lost.count,
        longestMs: found.longestUs === null ? null : round(found.longestUs / 1000),
        timeoutMs,
      },
      examples: [...new Set([...found.examples, ...lost.examples])].slice(0, EXAMPLES),
    };
  },
});

function* untested({ reached }: TimedCalls, lost: Unaccounted, caller: string): Generator<string> {
  if (reached === 0) yield 'no call reached the time-out in the fault phase, so it was not tested';
  if (lost.count > 0)
    yield `${count(lost.count, 'call')} to ${caller} got no answer, and it recorded nothing of them: a call that never ends would leave no span`;
}
