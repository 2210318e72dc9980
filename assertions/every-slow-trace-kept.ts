import { z } from 'zod';
import { one, traceIds } from '../analysis/lib/query.ts';
import type { Evidence, Finding } from '../harness/contracts.ts';
import { defineAssertion } from './lib/define.ts';
import { judgeKept } from './lib/kept.ts';
import { promiseOf } from './lib/system.ts';
import { count, number } from './lib/text.ts';

/** How far the client's time may be above the entry span's, and the trace is not slow for the client alone. */
const CLIENT_MARGIN_MS = 50;

/** Whether the answer was slow: by its entry span, or else by what the client saw. */
const IS_SLOW = `CASE WHEN t.entry_us IS NOT NULL THEN t.entry_us >= $slow_us
  ELSE coalesce(l.latency_us, 0) >= $slow_us + ${CLIENT_MARGIN_MS * 1000} END`;

/** By its duration, whichever promise comes first; one that is not to be kept at all, such as a health check, is not. */
const MUST_BE_KEPT = `promised = 'keep' AND trace_id IN (
  SELECT l.trace_id FROM ledger l LEFT JOIN traces t ON t.trace_id = l.trace_id WHERE ${IS_SLOW})`;

/** Slow for the client and not by the entry span, which the sampler decides by. */
const FOR_CLIENT_ONLY = `FROM ledger l JOIN traces t ON t.trace_id = l.trace_id
  WHERE l.latency_us >= $slow_us + ${CLIENT_MARGIN_MS * 1000} AND t.entry_us < $slow_us
    AND l.trace_id NOT IN (SELECT trace_id FROM fate WHERE promised = 'drop')`;

export default defineAssertion({
  id: 'every-slow-trace-kept',
  title: 'Every slow trace is kept',
  promise:
    'Each trace whose answer took as long as the promise says is in the archive, whole, with an error or without.',
  needs: ['ledger', 'recording', 'archive'],
  options: z.strictObject({
    /** Id of the system's sampling promise for slow traces; default: the first that keeps all of them. */
    promise: z.string().optional(),
  }),
  async judge(evidence, options) {
    const promise = promiseOf(
      evidence,
      options.promise,
      'keeping every slow trace',
      ({ when, keepPercent }) => when.kind === 'slow' && keepPercent === 100,
    );
    const slowMs = promise.when.kind === 'slow' ? promise.when.ms : 0;
    const parameters = { slow_us: slowMs * 1000 };
    const finding = await judgeKept(evidence, { where: MUST_BE_KEPT, parameters, noun: 'slow trace' });
    const { slowWithoutError } = await one<{ slowWithoutError: number }>(
      evidence,
      `SELECT count(*) AS "slowWithoutError" FROM fate f
       WHERE ${MUST_BE_KEPT} AND NOT EXISTS (SELECT 1 FROM traces e WHERE e.trace_id = f.trace_id AND e.has_error)`,
      parameters,
    );
    const { slowForClientOnly } = await one<{ slowForClientOnly: number }>(
      evidence,
      `SELECT count(DISTINCT l.trace_id) AS "slowForClientOnly" ${FOR_CLIENT_ONLY}`,
      parameters,
    );
    const figures = { ...finding.figures, slowWithoutError, slowForClientOnly, thresholdMs: slowMs };
    const complete = { ...finding, figures };
    if (finding.verdict !== 'pass') return complete;
    return untested(evidence, complete, slowWithoutError, slowForClientOnly, slowMs);
  },
});

async function untested(
  evidence: Evidence,
  finding: Finding,
  slowWithoutError: number,
  slowForClientOnly: number,
  slowMs: number,
): Promise<Finding> {
  if (slowForClientOnly > 0) {
    return {
      ...finding,
      verdict: 'inconclusive',
      examples: await traceIds(
        evidence,
        `SELECT l.trace_id ${FOR_CLIENT_ONLY} GROUP BY l.trace_id ORDER BY min(l.seq)`,
        { slow_us: slowMs * 1000 },
      ),
      because: `${count(slowForClientOnly, 'request')} took ${number(slowMs)} ms or more for the client, but less by the entry span: look for what they waited for before it began, such as a queue or a connection`,
    };
  }
  if (slowWithoutError > 0) return finding;
  return {
    ...finding,
    verdict: 'inconclusive',
    because: `each of the ${count(Number(finding.figures['total']), 'slow trace')} also has an error, so the rule for slow traces was not tested`,
  };
}
