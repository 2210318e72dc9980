import { z } from 'zod';
import type { Evidence, Figures } from '../harness/contracts.ts';
import { behaviourOf, type RouteBehaviour } from './lib/cascade.ts';
import { type Deadline, deadlineOf } from './lib/deadline.ts';
import { defineAssertion } from './lib/define.ts';
import { saturation } from './lib/saturation.ts';
import { checkRoutes } from './lib/system.ts';
import { count, ms, number, percent, round } from './lib/text.ts';
import { LEAST_WINDOWS } from './lib/windows.ts';

const options = z.strictObject({
  /** Routes that the fault must not touch. */
  routes: z.array(z.string()).min(1),
  /** How much longer they may take under the fault: baseline x factor + marginMs. */
  factor: z.number().min(1).default(1.5),
  marginMs: z.number().min(0).default(100),
  /** How much their share of good answers (2xx, 3xx) may fall, in percentage points. */
  goodMarginPoints: z.number().min(0).default(0.5),
  /** Routes that the fault does touch: milliseconds from sending within which each must be answered. */
  deadlines: z.record(z.string(), z.number().positive()).default({}),
  graceMs: z.number().min(0).default(250),
  /** Idle share of the machine below which a breach may be the machine's fault, in percent. */
  minIdlePercent: z.number().min(0).max(100).default(3),
});

type Options = z.output<typeof options>;

export default defineAssertion({
  id: 'cascade-contained',
  title: 'The damage stays where it belongs',
  promise:
    'Under the fault the routes that do not need the broken part are as fast and as successful as before, within a stated margin, and those that do need it answer within their deadline.',
  needs: ['ledger'],
  options,
  async judge(evidence, bounds) {
    checkRoutes(evidence, [...bounds.routes, ...Object.keys(bounds.deadlines)]);
    const routes = await Promise.all(bounds.routes.map((route) => behaviourOf(evidence, route)));
    const deadlines = await Promise.all(
      Object.entries(bounds.deadlines).map(([route, limitMs]) =>
        deadlineOf(evidence, route, limitMs + bounds.graceMs),
      ),
    );
    const common = {
      expected: expectation(bounds),
      observed: [...routes.map(describeRoute), ...deadlines.map(describeDeadline)].join('; '),
      figures: figuresOf(routes, deadlines),
      examples: deadlines.flatMap(({ examples }) => examples).slice(0, 10),
    };
    const breaches = [
      ...routes.flatMap((route) => [...routeBreaches(route, bounds)]),
      ...deadlines.flatMap((deadline) => [...deadlineBreaches(deadline, bounds)]),
    ];
    const thin = [...noFault(evidence), ...tooThin(routes, deadlines)];
    if (thin.length > 0) return { verdict: 'inconclusive', ...common, because: thin.join('; ') };
    if (breaches.length === 0) return { verdict: 'pass', ...common };
    const saturated = await saturation(evidence, bounds.minIdlePercent, ['baseline', 'fault']);
    return saturated
      ? { verdict: 'inconclusive', ...common, because: `${breaches.join('; ')}; but ${saturated}` }
      : { verdict: 'fail', ...common, because: breaches.join('; ') };
  },
});

function expectation({ routes, factor, marginMs, goodMarginPoints, deadlines, graceMs }: Options): string {
  const limits = Object.entries(deadlines).map(
    ([route, limitMs]) => `; every ${route} answered within ${number(limitMs)} + ${number(graceMs)} ms`,
  );
  return `${routes.join(', ')}: response time <= baseline x ${number(factor, 2)} + ${number(marginMs)} ms, good answers >= baseline - ${number(goodMarginPoints, 2)} points${limits.join('')}`;
}

function describeRoute({ route, quantile, baseline, fault }: RouteBehaviour): string {
  return `${route} ${quantile} ${ms(baseline.medianUs)} -> ${ms(fault.medianUs)}, good ${percent(baseline.goodShare, 2)} -> ${percent(fault.goodShare, 2)}`;
}

function describeDeadline({ route, longestUs, requests, unanswered }: Deadline): string {
  const longest = longestUs === null ? 'no answer' : `longest ${ms(longestUs)}`;
  return `${route} ${longest} of ${number(requests)}${unanswered > 0 ? `, ${number(unanswered)} without an answer` : ''}`;
}

/** Without a fault there is no damage that could be contained. */
function* noFault({ faults }: Evidence): Generator<string> {
  if (!faults.some(({ window }) => window)) yield 'no fault was in force, so there was no damage to contain';
}

function* tooThin(routes: readonly RouteBehaviour[], deadlines: readonly Deadline[]): Generator<string> {
  for (const { route, baseline, fault } of routes) {
    if (Math.min(baseline.windows, fault.windows) < LEAST_WINDOWS) {
      yield `${route} has ${number(baseline.windows)} windows of a second in the baseline and ${number(fault.windows)} under the fault; ${LEAST_WINDOWS} are needed: make the phases longer`;
    }
  }
  for (const { route, requests } of deadlines) {
    if (requests === 0) yield `no ${route} request in the fault phase`;
  }
}

function* routeBreaches(
  { route, quantile, baseline, fault }: RouteBehaviour,
  { factor, marginMs, goodMarginPoints }: Options,
): Generator<string> {
  const limitUs = baseline.medianUs * factor + marginMs * 1000;
  if (fault.medianUs > limitUs) {
    yield `${route} became slower: ${quantile} ${ms(fault.medianUs)} under the fault, allowed ${ms(limitUs)}`;
  }
  const lostPoints = (baseline.goodShare - fault.goodShare) * 100;
  if (lostPoints > goodMarginPoints) {
    yield `${route} failed more often: ${percent(fault.goodShare, 2)} good answers, ${number(lostPoints, 2)} points less`;
  }
}

function* deadlineBreaches({ route, late, unanswered }: Deadline, { graceMs }: Options): Generator<string> {
  if (late > 0)
    yield `${count(late, `${route} answer`)} after the deadline and its grace of ${number(graceMs)} ms`;
  if (unanswered > 0) yield `${count(unanswered, `${route} request`)} without an answer`;
}

function figuresOf(routes: readonly RouteBehaviour[], deadlines: readonly Deadline[]): Figures {
  return Object.assign({}, ...routes.map(routeFigures), ...deadlines.map(deadlineFigures));
}

function routeFigures({ route, quantile, baseline, fault }: RouteBehaviour): Figures {
  return {
    [`${route}.quantile`]: quantile,
    [`${route}.baselineMs`]: round(baseline.medianUs / 1000),
    [`${route}.faultMs`]: round(fault.medianUs / 1000),
    [`${route}.baselineGoodPercent`]: round(baseline.goodShare * 100),
    [`${route}.faultGoodPercent`]: round(fault.goodShare * 100),
    [`${route}.baselineWindows`]: baseline.windows,
    [`${route}.faultWindows`]: fault.windows,
  };
}

function deadlineFigures({ route, requests, longestUs, late, unanswered }: Deadline): Figures {
  return {
    [`${route}.requests`]: requests,
    [`${route}.longestMs`]: longestUs === null ? null : round(longestUs / 1000),
    [`${route}.late`]: late,
    [`${route}.unanswered`]: unanswered,
  };
}
