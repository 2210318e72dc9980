import { z } from 'zod';
import { EXAMPLES } from '../analysis/lib/query.ts';
import type { Evidence, Figures } from '../harness/contracts.ts';
import { answersOf, isOneOf, tracesWhere, type Waited, waitedWhere } from './lib/answers.ts';
import { conclude } from './lib/conclude.ts';
import { credibility, incredible } from './lib/credible.ts';
import {
  breachesOf,
  type Declaration,
  declaration,
  listFailures,
  type Route,
  slowerThan,
  statusName,
  TIMED_OUT,
} from './lib/declared.ts';
import { defineAssertion } from './lib/define.ts';
import { saturation, type WasSaturated } from './lib/saturation.ts';
import { checkRoutes } from './lib/system.ts';
import { count, ms, number, percent, round } from './lib/text.ts';
import { illBefore, neverInForce, unrecorded } from './lib/untested.ts';

/** Requests of a route without which its shares say nothing. */
const LEAST_REQUESTS = 30;

const options = z.strictObject({
  /** By route; every route of the system must be here or in `undeclared`. */
  routes: z.record(z.string(), declaration),
  undeclared: z.array(z.string()).default(['health']),
  /** Statuses of good answers that give less than usual. */
  degraded: z.array(z.number().int().min(200).max(399)).default([202]),
  phase: z.enum(['baseline', 'fault', 'recovery']).default('fault'),
  /** Share of good answers in the baseline below which a route was ill before, in percent. */
  minBaselineGoodPercent: z.number().min(0).max(100).default(99),
  ...credibility,
});

type Options = z.output<typeof options>;

export default defineAssertion({
  id: 'degraded-as-declared',
  title: 'Every route degrades as declared',
  promise:
    'Under the fault each route keeps its declared share of good answers, gives no more than the declared share of degraded ones, stays within its declared time, and fails with declared statuses only.',
  needs: ['ledger'],
  options,
  async judge(evidence, bounds) {
    checkDeclared(evidence, bounds);
    const wasSaturated = await saturation(evidence);
    const routes = await Promise.all(
      Object.entries(bounds.routes).map(([route, declared]) =>
        lookAt(evidence, route, declared, bounds, wasSaturated),
      ),
    );
    const breaches = routes
      .filter((route) => [...untested(route, bounds)].length === 0)
      .flatMap((route) => [...breachesOf(route, bounds.degraded)]);
    const doubt = breaches.some(({ isLatency }) => isLatency)
      ? await incredible(evidence, bounds, ['baseline', bounds.phase])
      : undefined;
    const idle =
      bounds.phase === 'fault' ? [...neverInForce(evidence, 'nothing had a reason to degrade')] : [];
    const counted = idle.length > 0 ? [] : breaches;
    const examples: string[] = [];
    for (const { route, where } of breaches)
      examples.push(...(await tracesWhere(evidence, route, bounds.phase, where)));
    return {
      ...conclude(
        counted.map((breach) => ({
          ...breach,
          doubt: (breach.isLatency ? doubt : undefined) ?? breach.doubt,
        })),
        [
          ...idle,
          ...routes.flatMap((route) => [
            ...untested(route, bounds),
            ...unrecorded(route.route, route.answers),
          ]),
        ],
      ),
      expected: routes.map(expectation).join('; '),
      observed: routes.map(describe).join('; '),
      figures: Object.assign({}, ...routes.map(figuresOf)),
      examples: [...new Set(examples)].slice(0, EXAMPLES),
    };
  },
});

function checkDeclared(evidence: Evidence, { routes, undeclared }: Options): void {
  const declared = Object.keys(routes);
  checkRoutes(evidence, declared);
  const missing = evidence.run.system.routes.filter((id) => ![...declared, ...undeclared].includes(id));
  if (missing.length === 0) return;
  throw new Error(
    `nothing says how ${missing.join(', ')} may degrade. Declare it in the option 'routes', or name it in 'undeclared'.`,
  );
}

async function lookAt(
  evidence: Evidence,
  route: string,
  declared: Declaration,
  { degraded, phase }: Options,
  wasSaturated: WasSaturated,
): Promise<Route> {
  const { p99Ms } = declared;
  const slower = p99Ms === undefined ? [] : await waitedWhere(evidence, route, phase, slowerThan(p99Ms));
  const timedOut = await waitedWhere(evidence, route, phase, isOneOf(TIMED_OUT));
  const whileSaturated = (waits: readonly Waited[]): readonly Waited[] =>
    waits.filter(({ dueUs, endUs }) => wasSaturated(dueUs, endUs));
  return {
    route,
    ...declared,
    slower: slower.length,
    excused: whileSaturated(slower).length,
    givenUp: whileSaturated(timedOut).map(({ outcome }) => outcome),
    answers: await answersOf(evidence, route, phase, degraded),
    baseline: await answersOf(evidence, route, 'baseline', degraded),
  };
}

function* untested(
  { route, answers, baseline }: Route,
  { phase, minBaselineGoodPercent }: Options,
): Generator<string> {
  if (answers.requests < LEAST_REQUESTS)
    yield `${count(answers.requests, `${route} request`)} in the phase ${phase}, ${LEAST_REQUESTS} are needed: make it longer`;
  yield* illBefore(route, baseline, minBaselineGoodPercent);
}

function expectation({ route, minGoodPercent, maxDegradedPercent, p99Ms, failures }: Route): string {
  return [
    `${route} good >= ${number(minGoodPercent, 2)} %`,
    `degraded <= ${number(maxDegradedPercent, 2)} %`,
    ...(p99Ms === undefined ? [] : [`p99 <= ${number(p99Ms)} ms`]),
    failures.length === 0 ? 'no other answer' : `else ${failures.map(statusName).join(', ')}`,
  ].join(', ');
}

function describe({ route, answers: { requests, good, degraded, p99Us, failures } }: Route): string {
  if (requests === 0) return `${route} no request`;
  return [
    `${route} good ${percent(good / requests, 2)}`,
    `degraded ${percent(degraded / requests, 2)}`,
    p99Us === null ? 'no time' : `p99 ${ms(p99Us)}`,
    ...(failures.length === 0 ? [] : [listFailures(failures)]),
  ].join(', ');
}

function figuresOf({ route, answers, baseline }: Route): Figures {
  const share = (part: number, whole: number): number | null =>
    whole === 0 ? null : round((part / whole) * 100);
  return {
    [`${route}.requests`]: answers.requests,
    [`${route}.goodPercent`]: share(answers.good, answers.requests),
    [`${route}.degradedPercent`]: share(answers.degraded, answers.requests),
    [`${route}.p99Ms`]: answers.p99Us === null ? null : round(answers.p99Us / 1000),
    [`${route}.failures`]: listFailures(answers.failures),
    [`${route}.baselineRequests`]: baseline.requests,
    [`${route}.baselineGoodPercent`]: share(baseline.good, baseline.requests),
  };
}
