import { z } from 'zod';
import { one } from '../analysis/lib/query.ts';
import { defineAssertion } from './lib/define.ts';
import { judgeKept } from './lib/kept.ts';
import { promiseOf } from './lib/system.ts';
import { count } from './lib/text.ts';

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
    const finding = await judgeKept(evidence, promise, 'slow trace');
    const figures = await one<{ slowWithoutError: number; slowForClientOnly: number }>(
      evidence,
      `SELECT count(*) FILTER (WHERE f.promise = $promise AND NOT coalesce(t.has_error, false))
                AS "slowWithoutError",
              count(*) FILTER (WHERE l.latency_us >= $slow_us AND coalesce(t.entry_us, 0) < $slow_us)
                AS "slowForClientOnly"
       FROM fate f
       JOIN ledger l ON l.seq = f.seq
       LEFT JOIN traces t ON t.trace_id = f.trace_id`,
      { promise: promise.id, slow_us: slowMs * 1000 },
    );
    const complete = { ...finding, figures: { ...finding.figures, ...figures, thresholdMs: slowMs } };
    if (finding.verdict !== 'pass' || figures.slowWithoutError > 0) return complete;
    return {
      ...complete,
      verdict: 'inconclusive',
      because: `each of the ${count(Number(finding.figures['total']), 'slow trace')} also has an error, so the rule for slow traces was not tested`,
    };
  },
});
