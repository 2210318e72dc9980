import { z } from 'zod';
import { EXAMPLES } from '../analysis/lib/query.ts';
import type { Evidence, PhaseName } from '../harness/contracts.ts';
import { GOOD, tracesWhere } from './lib/answers.ts';
import { behaviourOf, type RouteBehaviour } from './lib/cascade.ts';
import { type CascadeBreach, deadlineBreaches, routeBreaches, undecided } from './lib/cascade-breaches.ts';
import { type Judged, judgedOf } from './lib/cascade-judged.ts';
import {
  deadlineFigures,
  describeDeadline,
  describeRoute,
  isRecoveryJudged,
  LEAST_RECOVERY_WINDOWS,
  routeFigures,
} from './lib/cascade-report.ts';
import { untested } from './lib/cascade-untested.ts';
import { conclude } from './lib/conclude.ts';
import { credibility, incredible } from './lib/credible.ts';
import { type Deadline, deadlineOf } from './lib/deadline.ts';
import { defineAssertion } from './lib/define.ts';
import { saturatedTime } from './lib/saturation.ts';
import { checkRoutes } from './lib/system.ts';
import { count, number } from './lib/text.ts';

const options = z.strictObject({
  /** Routes that the fault must not touch. */
  routes: z.array(z.string()).min(1),
  /** How much longer they may take under the fault and after it: baseline x factor + marginMs. */
  factor: z.number().min(1).default(1.5),
  marginMs: z.number().min(0).default(100),
  /** How much their share of good answers (2xx, 3xx) may fall, in percentage points. */
  goodMarginPoints: z.number().min(0).default(0.5),
  /** How sure it must be that the time and the share of all routes are within these bounds, or that one of them is not. */
  confidencePercent: z.number().min(50).max(99.9).default(95),
  /** Windows of a second that may be beyond these bounds: their share, and how many in a row. */
  maxBadWindowsPercent: z.number().min(0).max(100).default(10),
  maxBadWindowsInARow: z.number().int().min(0).default(3),
  /** Share of good answers in the baseline below which a route was ill before, in percent. */
  minBaselineGoodPercent: z.number().min(0).max(100).default(99),
  /** Seconds after the fault from which on the recovery is judged. */
  settleS: z.number().int().min(0).default(5),
  /** Routes that the fault does touch: milliseconds from sending within which each must be answered. */
  deadlines: z.record(z.string(), z.number().positive()).default({}),
  graceMs: z.number().min(0).default(250),
  ...credibility,
});

type Options = z.output<typeof options>;

export default defineAssertion({
  id: 'cascade-contained',
  title: 'The damage stays where it belongs',
  promise:
    'Under the fault and after it the routes that do not need the broken part are as fast and as successful as before, in nearly every second and within a stated margin, and those that do need it answer within their deadline.',
  needs: ['ledger'],
  options,
  async judge(evidence, bounds) {
    checkRoutes(evidence, [...bounds.routes, ...Object.keys(bounds.deadlines)]);
    const routes = await Promise.all(bounds.routes.map((route) => behaviourOf(evidence, route, bounds)));
    const saturatedUs = await saturatedTime(evidence);
    const deadlines = await Promise.all(
      Object.entries(bounds.deadlines).map(([route, limitMs]) =>
        deadlineOf(evidence, route, limitMs + bounds.graceMs, saturatedUs),
      ),
    );
    const judged = hadFault(evidence) ? judgedOf(routes, bounds) : [];
    const unknown = [
      ...unknownOf(evidence, routes, deadlines, bounds),
      ...judged.flatMap((each) => [...undecided(each, bounds)]),
    ];
    const breaches = breachesOf(evidence, judged, deadlines, bounds);
    const timing = breaches.filter(({ isTiming }) => isTiming);
    const phases: PhaseName[] = ['baseline', ...new Set(timing.map(({ phase }) => phase))];
    const doubt = timing.length > 0 ? await incredible(evidence, bounds, phases) : undefined;
    return {
      ...conclude(
        breaches
          .toSorted((a, b) => Number(a.isTiming) - Number(b.isTiming))
          .map((breach) => ({ ...breach, doubt: (breach.isTiming ? doubt : undefined) ?? breach.doubt })),
        unknown,
      ),
      expected: expectation(bounds),
      observed: [...routes.map(describeRoute), ...deadlines.map(describeDeadline)].join('; '),
      figures: Object.assign(
        {},
        ...routes.map((route) => routeFigures(route, bounds)),
        ...deadlines.map(deadlineFigures),
      ),
      examples: await examplesOf(evidence, breaches, routes, deadlines),
    };
  },
});

function expectation(bounds: Options): string {
  const { routes, factor, marginMs, goodMarginPoints, deadlines, graceMs } = bounds;
  const limits = Object.entries(deadlines).map(
    ([route, limitMs]) => `; every ${route} answered within ${number(limitMs)} + ${number(graceMs)} ms`,
  );
  return `${routes.join(', ')}: response time <= baseline x ${number(factor, 2)} + ${number(marginMs)} ms, good answers >= baseline - ${number(goodMarginPoints, 2)} points, worse in at most ${number(bounds.maxBadWindowsPercent, 1)} % of the seconds and ${number(bounds.maxBadWindowsInARow)} in a row${limits.join('')}`;
}

function* unknownOf(
  evidence: Evidence,
  routes: readonly RouteBehaviour[],
  deadlines: readonly Deadline[],
  { minBaselineGoodPercent }: Options,
): Generator<string> {
  if (!hadFault(evidence)) yield 'no fault was in force, so there was no damage to contain';
  for (const route of routes) {
    yield* untested(route, minBaselineGoodPercent);
    if (!isRecoveryJudged(route))
      yield `${route.route} has ${count(route.recovery.windows, 'settled window')} of a second in the recovery, ${LEAST_RECOVERY_WINDOWS} are needed: make it longer`;
  }
  for (const { route, requests } of deadlines)
    if (requests === 0) yield `no ${route} request in the fault phase`;
}

function hadFault({ faults }: Evidence): boolean {
  return faults.some(({ window }) => window);
}

/** Without a fault there is no damage. */
function breachesOf(
  evidence: Evidence,
  judged: readonly Judged[],
  deadlines: readonly Deadline[],
  bounds: Options,
): CascadeBreach[] {
  if (!hadFault(evidence)) return [];
  return [
    ...judged.flatMap((each) => [...routeBreaches(each, bounds)]),
    ...deadlines.flatMap((deadline) => [...deadlineBreaches(deadline, bounds.graceMs)]),
  ];
}

async function examplesOf(
  evidence: Evidence,
  breaches: readonly CascadeBreach[],
  routes: readonly RouteBehaviour[],
  deadlines: readonly Deadline[],
): Promise<string[]> {
  const examples = deadlines.flatMap((deadline) => deadline.examples);
  for (const { route, limitUs } of routes)
    for (const phase of new Set(breaches.filter((each) => each.route === route).map((each) => each.phase)))
      examples.push(...(await tracesWhere(evidence, route, phase, `NOT ${GOOD} OR took_us > ${limitUs}`)));
  return [...new Set(examples)].slice(0, EXAMPLES);
}
