import { z } from 'zod';
import { one, traceIds } from '../analysis/lib/query.ts';
import { defineAssertion } from './lib/define.ts';
import { promiseOf } from './lib/system.ts';
import { count, number } from './lib/text.ts';

interface Counts {
  readonly requests: number;
  readonly recorded: number;
  readonly archived: number;
}

export default defineAssertion({
  id: 'health-checks-dropped',
  title: 'No health check is kept',
  promise: 'No trace of a health check is in the archive, neither whole nor in part.',
  needs: ['ledger', 'recording', 'archive'],
  options: z.strictObject({
    /** Id of the system's sampling promise for health checks; default: the first that keeps none of some paths. */
    promise: z.string().optional(),
  }),
  async judge(evidence, options) {
    const { id: promise } = promiseOf(
      evidence,
      options.promise,
      'keeping none of some paths',
      ({ when, keepPercent }) => when.kind === 'path' && keepPercent === 0,
    );
    const counts = await one<Counts>(
      evidence,
      `SELECT count(*) AS requests,
              count(*) FILTER (WHERE recorded_spans > 0) AS recorded,
              count(*) FILTER (WHERE observed <> 'absent') AS archived
       FROM fate WHERE promise = $promise`,
      { promise },
    );
    const { spans } = await one<{ spans: number }>(evidence, 'SELECT count(*) AS spans FROM archive');
    const common = {
      expected: `none of ${count(counts.requests, 'health check')} archived`,
      observed: counts.archived === 0 ? 'none archived' : `${number(counts.archived)} archived`,
      figures: { ...counts },
      examples: await traceIds(
        evidence,
        `SELECT trace_id FROM fate WHERE promise = $promise AND observed <> 'absent' ORDER BY seq`,
        { promise },
      ),
    };
    // Presence proves itself; absence needs an archive that works and was read when it was complete.
    if (counts.archived > 0) {
      const policies = await evidence.query<{ policy: string }>(
        `SELECT DISTINCT policy FROM fate
         WHERE promise = $promise AND observed <> 'absent' AND policy IS NOT NULL ORDER BY policy`,
        { promise },
      );
      const kept = policies.map(({ policy }) => policy).join(', ');
      return {
        verdict: 'fail',
        ...common,
        because: `the Collector kept them${kept ? ` by its policy ${kept}` : ''}: use a drop policy on their paths`,
      };
    }
    const reason = inconclusive(counts.requests, spans, evidence.run.settled);
    return reason ? { verdict: 'inconclusive', ...common, because: reason } : { verdict: 'pass', ...common };
  },
});

function inconclusive(
  requests: number,
  archivedSpans: number,
  settled: { readonly ok: boolean; readonly detail: string },
): string | undefined {
  if (requests === 0) return 'there was no health check, so nothing was tested';
  if (archivedSpans === 0) return 'the archive is empty, so absence proves nothing';
  if (!settled.ok) return `the archive was not stable when it was read (${settled.detail})`;
  return undefined;
}
