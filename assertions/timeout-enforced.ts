import { z } from 'zod';
import { one, traceIds } from '../analysis/lib/query.ts';
import { defineAssertion } from './lib/define.ts';
import { checkEdge } from './lib/system.ts';
import { count, ms, number, round } from './lib/text.ts';

/** A call that lasted this share of the time-out counts as one that the time-out ended. */
const REACHED = 0.9;

interface Calls {
  readonly calls: number;
  readonly reached: number;
  readonly over: number;
  readonly longestUs: number | null;
}

export default defineAssertion({
  id: 'timeout-enforced',
  title: 'The time-out is enforced',
  promise: 'No call on the edge lasts beyond its time-out, and the fault made some reach it.',
  needs: ['recording'],
  options: z.strictObject({
    edge: z.string(),
    timeoutMs: z.number().positive(),
    /** What a busy caller may need beyond the time-out to end the call. */
    graceMs: z.number().min(0).default(250),
  }),
  async judge(evidence, { edge, timeoutMs, graceMs }) {
    checkEdge(evidence, edge);
    const over = 'edge = $edge AND end_us - start_us > $limit_us';
    const parameters = { edge, limit_us: (timeoutMs + graceMs) * 1000 };
    const found = await one<Calls>(
      evidence,
      `SELECT count(*) AS calls,
              count(*) FILTER (WHERE end_us - start_us >= $reached_us AND in_fault) AS reached,
              count(*) FILTER (WHERE ${over}) AS over,
              max(end_us - start_us) AS "longestUs"
       FROM (SELECT c.*, EXISTS (
               SELECT 1 FROM phases p
               WHERE p.name = 'fault' AND c.start_us >= p.start_us AND c.start_us < p.end_us) AS in_fault
             FROM calls c WHERE c.edge = $edge)`,
      { ...parameters, reached_us: timeoutMs * REACHED * 1000 },
    );
    const common = {
      expected: `no call on ${edge} beyond ${number(timeoutMs)} + ${number(graceMs)} ms`,
      observed:
        found.longestUs === null
          ? 'no calls'
          : `longest of ${count(found.calls, 'call')} ${ms(found.longestUs)}; ${number(found.reached)} reached the time-out`,
      figures: {
        calls: found.calls,
        reachedTimeout: found.reached,
        overTimeout: found.over,
        longestMs: found.longestUs === null ? null : round(found.longestUs / 1000),
        timeoutMs,
      },
      examples: await traceIds(
        evidence,
        `SELECT trace_id FROM calls WHERE ${over} ORDER BY end_us - start_us DESC, trace_id`,
        parameters,
      ),
    };
    if (found.over > 0) {
      return {
        verdict: 'fail',
        ...common,
        because: `${count(found.over, 'call')} lasted longer: the caller sets no time-out of ${number(timeoutMs)} ms, or does not end the call on it`,
      };
    }
    if (found.reached === 0) {
      return {
        verdict: 'inconclusive',
        ...common,
        because: 'no call reached the time-out in the fault phase, so it was not tested',
      };
    }
    return { verdict: 'pass', ...common };
  },
});
