import { z } from 'zod';
import { EXAMPLES, one } from '../analysis/lib/query.ts';
import type { Edge, Evidence } from '../harness/contracts.ts';
import { findBreaks, OF_THE_ARCHIVE } from './lib/breaks.ts';
import { defineAssertion } from './lib/define.ts';
import { checkEdge } from './lib/system.ts';
import { count, number } from './lib/text.ts';

interface Amounts {
  readonly traces: number;
  readonly spans: number;
  readonly hops: number;
  readonly archivedTraces: number;
}

export default defineAssertion({
  id: 'traces-unbroken',
  title: 'Every trace is unbroken',
  promise:
    'Each request is one trace through every hop: one root, no orphan, each answered call joined to what the callee recorded; and what is archived of it is all of it.',
  needs: ['ledger', 'recording', 'archive'],
  options: z.strictObject({
    /** Paths that may be asked without a trace context, by whoever watches over the services. */
    probes: z.array(z.string()).default(['/health', '/ready']),
    /** Edges to services of the system that the scenario does not use; each other one needs a joined call. */
    unexercised: z.array(z.string()).default([]),
  }),
  async judge(evidence, { probes, unexercised }) {
    for (const edge of unexercised) checkEdge(evidence, edge, 'unexercised');
    const amounts = await amountsOf(evidence);
    const breaks = await findBreaks(evidence, probes);
    const found = breaks.filter((kind) => kind.count > 0);
    const sure = found.filter((kind) => evidence.run.settled.ok || !OF_THE_ARCHIVE.includes(kind.id));
    const common = {
      expected: `${count(amounts.traces, 'recorded trace')}: one root each, no orphan span, every hop joined; kept ones complete`,
      observed:
        found.length === 0
          ? `all are: ${count(amounts.spans, 'span')}, ${count(amounts.hops, 'joined hop')}, ${number(amounts.archivedTraces)} kept complete`
          : found.map((kind) => kind.description).join(', '),
      figures: { ...amounts, ...Object.fromEntries(breaks.map((kind) => [kind.id, kind.count])) },
      examples: [...new Set(found.flatMap((kind) => kind.examples.slice(0, 3)))].slice(0, EXAMPLES),
    };
    if (sure.length > 0) {
      return { verdict: 'fail', ...common, because: sure.map((kind) => kind.description).join('; ') };
    }
    const reason = untested(evidence, amounts, await edgesNotJoined(evidence, unexercised));
    return reason ? { verdict: 'inconclusive', ...common, because: reason } : { verdict: 'pass', ...common };
  },
});

function amountsOf(evidence: Evidence): Promise<Amounts> {
  return one<Amounts>(
    evidence,
    `SELECT (SELECT count(*) FROM traces t WHERE EXISTS (SELECT 1 FROM ledger l WHERE l.trace_id = t.trace_id))
              AS traces,
            (SELECT coalesce(sum(spans), 0) FROM traces t
             WHERE EXISTS (SELECT 1 FROM ledger l WHERE l.trace_id = t.trace_id)) AS spans,
            (SELECT count(DISTINCT (trace_id, span_id)) FROM calls c WHERE server_span_id IS NOT NULL
               AND EXISTS (SELECT 1 FROM ledger l WHERE l.trace_id = c.trace_id)) AS hops,
            (SELECT count(*) FROM fate WHERE observed = 'whole') AS "archivedTraces"`,
  );
}

function internalEdges({ run }: Evidence): readonly Edge[] {
  return run.system.edges.filter((edge) => run.system.services[edge.to]?.kind === 'internal');
}

/** Edges to services of the system of which no call was joined, in whichever trace; those of the option left out. */
async function edgesNotJoined(evidence: Evidence, unexercised: readonly string[]): Promise<readonly Edge[]> {
  const rows = await evidence.query<{ edge: string }>(
    'SELECT DISTINCT edge FROM calls WHERE server_span_id IS NOT NULL',
  );
  const joined = rows.map(({ edge }) => edge);
  return internalEdges(evidence).filter(({ id }) => !joined.includes(id) && !unexercised.includes(id));
}

function untested(evidence: Evidence, amounts: Amounts, notJoined: readonly Edge[]): string | undefined {
  const { run } = evidence;
  if (amounts.traces === 0) return 'no request has a recorded trace, so nothing was tested';
  if (internalEdges(evidence).length > 0 && amounts.hops === 0)
    return 'no call from service to service was recorded';
  if (notJoined.length > 0)
    return `no call on ${notJoined.map(({ id }) => id).join(', ')} was joined to what the callee recorded: see that it records and exports its spans, or name the edge in the option 'unexercised'`;
  if (!run.settled.ok)
    return `the archive was not stable when it was read (${run.settled.detail}), so a missing part proves nothing`;
  if (amounts.archivedTraces === 0)
    return 'no trace was archived, so none can be compared with its recording';
  return undefined;
}
