import { z } from 'zod';
import { EXAMPLES } from '../analysis/lib/query.ts';
import type { Evidence, Figures } from '../harness/contracts.ts';
import { type Attempts, attemptsOn, type EdgeAttempts } from './lib/attempts.ts';
import { conclude } from './lib/conclude.ts';
import { defineAssertion } from './lib/define.ts';
import { phasesOf } from './lib/phases.ts';
import { checkEdge } from './lib/system.ts';
import { count, number, round } from './lib/text.ts';

const bound = z.strictObject({
  /** Calls for each thing that is attempted, on average. */
  maxAmplification: z.number().min(1),
  /** Calls for any one thing that is attempted. */
  maxAttempts: z.number().int().min(1),
  /** Whether the edge is called only when something fails, so that it is no reason for doubt when nobody calls it. */
  mayBeIdle: z.boolean().default(false),
});

const options = z.strictObject({
  /** By edge. */
  edges: z.record(z.string(), bound).refine((edges) => Object.keys(edges).length > 0, 'name an edge'),
  /** Calls beyond the amplification that do not count: few calls make no storm. */
  slackCalls: z.number().int().min(0).default(20),
});

type Options = z.output<typeof options>;

interface Edge extends EdgeAttempts, z.output<typeof bound> {}

export default defineAssertion({
  id: 'retries-bounded',
  title: 'Retries stay bounded',
  promise:
    'What a caller attempts again multiplies its calls by no more than a stated factor, under the fault as well as over the whole run, and no single thing is attempted more often than stated.',
  needs: ['recording'],
  options,
  async judge(evidence, { edges, slackCalls }) {
    for (const id of Object.keys(edges)) checkCountable(evidence, id);
    const limits = Object.values(edges);
    const attempts = await attemptsOn(
      evidence,
      Object.fromEntries(Object.entries(edges).map(([id, { maxAttempts }]) => [id, maxAttempts])),
    );
    const found = attempts.flatMap((each, index): Edge[] => {
      const limit = limits[index];
      return limit ? [{ ...limit, ...each }] : [];
    });
    const breaches = found.map((edge) => [...breachesOf(edge, slackCalls)]);
    const broken = found.filter((_, index) => breaches[index]?.length !== 0);
    const traces = [...broken, ...found].flatMap(({ examples }) => examples);
    return {
      ...conclude(
        breaches.flat().map((text) => ({ text })),
        untested(evidence, found),
      ),
      expected: expectation(found, slackCalls),
      observed: found.map(describe).join('; '),
      figures: Object.assign({}, ...found.map(figuresOf)),
      examples: [...new Set(traces)].slice(0, EXAMPLES),
    };
  },
});

/** A statement has no path: a second one of the same span need not be a second attempt at the same thing. */
function checkCountable(evidence: Evidence, id: string): void {
  checkEdge(evidence, id, 'edges');
  const edge = evidence.run.system.edges.find((each) => each.id === id);
  if (edge?.to !== 'database') return;
  throw new Error(
    `the edge '${id}' leads to the database, where retries cannot be told from other statements. Leave it out of the option 'edges'.`,
  );
}

function expectation(edges: readonly Edge[], slackCalls: Options['slackCalls']): string {
  const bounds = edges.map(
    ({ edge, maxAmplification, maxAttempts }) =>
      `${edge} amplification <= ${number(maxAmplification, 2)}, no attempt group of more than ${count(maxAttempts, 'call')}`,
  );
  return `${bounds.join('; ')} (slack ${count(slackCalls, 'call')})`;
}

function describe({ edge, whole, fault, longest }: EdgeAttempts): string {
  if (whole.groups === 0) return `${edge} no call`;
  const underFault = fault.groups === 0 ? 'no call in the fault phase' : `${times(fault)} in the fault phase`;
  return `${edge} amplification ${times(whole)}, ${underFault}, longest group ${number(longest)}`;
}

function* breachesOf(edge: Edge, slackCalls: number): Generator<string> {
  const { maxAmplification, maxAttempts, longest, tooLong } = edge;
  for (const [phase, attempts] of [
    ['in the fault phase', edge.fault],
    ['over all measured phases', edge.whole],
  ] as const) {
    // Products of such factors are not exact.
    if (attempts.calls - slackCalls > attempts.groups * maxAmplification + 1e-6) {
      yield `${edge.edge} has ${count(attempts.calls, 'call')} for ${count(attempts.groups, 'attempt group')} ${phase}, ${times(attempts)} each, allowed ${number(maxAmplification, 2)}: give its retries a budget`;
    }
  }
  if (tooLong > 0) {
    yield `${edge.edge} has ${count(tooLong, 'attempt group')} of more than ${count(maxAttempts, 'call')}, the longest of ${number(longest)}: limit its attempts`;
  }
}

/** Which edges nothing is known of. Those that may be idle count only when nothing else was tested. */
function untested(evidence: Evidence, edges: readonly Edge[]): string[] {
  const isTested = edges.some(({ whole }) => whole.groups > 0);
  const needed = isTested ? edges.filter(({ mayBeIdle }) => !mayBeIdle) : edges;
  return needed.flatMap((edge) => doubtOf(evidence, edge) ?? []);
}

function doubtOf(evidence: Evidence, { edge, whole, fault }: EdgeAttempts): string | undefined {
  if (whole.groups === 0) return `no call on ${edge} in the measured phases, so nothing was tested`;
  if (fault.groups === 0 && phasesOf(evidence, 'fault').length > 0)
    return `no call on ${edge} in the fault phase, so its retries were not tested`;
  return undefined;
}

function figuresOf({ edge, whole, fault, longest, tooLong }: EdgeAttempts): Figures {
  return {
    [`${edge}.calls`]: whole.calls,
    [`${edge}.groups`]: whole.groups,
    [`${edge}.amplification`]: amplification(whole),
    [`${edge}.faultCalls`]: fault.calls,
    [`${edge}.faultGroups`]: fault.groups,
    [`${edge}.faultAmplification`]: amplification(fault),
    [`${edge}.longestGroup`]: longest,
    [`${edge}.groupsTooLong`]: tooLong,
  };
}

function amplification({ calls, groups }: Attempts): number | null {
  return groups === 0 ? null : round(calls / groups);
}

function times({ calls, groups }: Attempts): string {
  return number(calls / groups, 2);
}
