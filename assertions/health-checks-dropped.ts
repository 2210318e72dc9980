import { z } from 'zod';
import { one, traceIds } from '../analysis/lib/query.ts';
import { defineAssertion } from './lib/define.ts';
import { promiseOf } from './lib/system.ts';
import { count, number } from './lib/text.ts';

interface Counts {
  readonly requests: number;
  readonly recorded: number;
  /** Requests for such a path, and traces with a span of one, whoever asked. */
  readonly archived: number;
  /** Those of them that are no request of the ledger. */
  readonly archivedUnknown: number;
}

/** A call to such a path, as the callee recorded it; a trace is one whatever else is in it, since a drop policy wins. */
const KEPT = `WITH
  paths AS (SELECT unnest(from_json($paths, '["VARCHAR"]')) AS path),
  kept AS (
    SELECT trace_id, seq FROM fate WHERE promise = $promise AND observed <> 'absent'
    UNION ALL
    SELECT a.trace_id, l.seq FROM archive a LEFT JOIN ledger l ON l.trace_id = a.trace_id
    WHERE a.kind <> 'client' AND split_part(a.url_path, '?', 1) IN (SELECT path FROM paths))`;

export default defineAssertion({
  id: 'health-checks-dropped',
  title: 'No health check is kept',
  promise: 'No trace of a health check is in the archive, neither whole nor in part, whoever asked for it.',
  needs: ['ledger', 'recording', 'archive'],
  options: z.strictObject({
    /** Id of the system's sampling promise for health checks; default: the first that keeps none of some paths. */
    promise: z.string().optional(),
  }),
  async judge(evidence, options) {
    const { id: promise, when } = promiseOf(
      evidence,
      options.promise,
      'keeping none of some paths',
      ({ when, keepPercent }) => when.kind === 'path' && keepPercent === 0,
    );
    const parameters = { promise, paths: JSON.stringify(when.kind === 'path' ? when.paths : []) };
    const counts = await one<Counts>(
      evidence,
      `${KEPT}
       SELECT (SELECT count(*) FROM fate WHERE promise = $promise) AS requests,
              (SELECT count(*) FROM fate WHERE promise = $promise AND recorded_spans > 0) AS recorded,
              (SELECT count(DISTINCT trace_id) FROM kept) AS archived,
              (SELECT count(DISTINCT trace_id) FROM kept WHERE seq IS NULL) AS "archivedUnknown"`,
      parameters,
    );
    const { spans } = await one<{ spans: number }>(evidence, 'SELECT count(*) AS spans FROM archive');
    const common = {
      expected: `none of ${count(counts.requests, 'health check')} archived`,
      observed: counts.archived === 0 ? 'none archived' : `${number(counts.archived)} archived`,
      figures: { ...counts },
      examples: await traceIds(
        evidence,
        `${KEPT} SELECT trace_id FROM kept GROUP BY trace_id ORDER BY min(seq) NULLS LAST, trace_id`,
        parameters,
      ),
    };
    // Presence proves itself; absence needs an archive that works and was read when it was complete.
    if (counts.archived > 0) {
      const policies = await evidence.query<{ policy: string }>(
        `${KEPT}
         SELECT DISTINCT policy FROM fate
         WHERE trace_id IN (SELECT trace_id FROM kept) AND policy IS NOT NULL ORDER BY policy`,
        parameters,
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
