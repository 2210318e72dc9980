import { z } from 'zod';
import type { Evidence, Figures } from '../harness/contracts.ts';
import { GOOD, tracesWhere } from './lib/answers.ts';
import { type Breach, conclude } from './lib/conclude.ts';
import { credibility, incredible } from './lib/credible.ts';
import { defineAssertion } from './lib/define.ts';
import { type Memory, memoryOf, type RouteHarm, routeHarm } from './lib/harm.ts';
import { isBelow } from './lib/share.ts';
import { checkRoutes } from './lib/system.ts';
import { count, ms, number, percent, round } from './lib/text.ts';
import { illBefore, neverInForce, unrecorded } from './lib/untested.ts';

const options = z.strictObject({
  routes: z.array(z.string()).min(1),
  phase: z.enum(['fault', 'recovery']).default('fault'),
  /** How far a route's share of good answers may be below the baseline's, in percentage points. */
  goodMarginPoints: z.number().min(0).default(0.5),
  /** How much longer its answers may take at the 95th percentile: baseline x factor + marginMs. */
  factor: z.number().min(1).default(1.5),
  marginMs: z.number().min(0).default(100),
  /** By how much a service's memory may exceed its most of the baseline, in MiB: a full queue of spans. */
  maxGrowthMiB: z.number().positive().default(128),
  ...credibility,
});

type Options = z.output<typeof options>;

/** Requests of a route without which its shares say nothing. */
const LEAST_REQUESTS = 30;
/** Good answers in the baseline, in percent, below which `as before` promises nothing; some orders are declined at any time. */
const LEAST_BASELINE_GOOD_PERCENT = 90;

export default defineAssertion({
  id: 'telemetry-harmless',
  title: 'The system does not suffer from its telemetry',
  promise:
    'While its telemetry fails the system answers as well and as fast as before, within stated margins, and no service grows beyond a stated amount of memory.',
  needs: ['ledger', 'gauges'],
  options,
  async judge(evidence, bounds) {
    checkRoutes(evidence, bounds.routes);
    const routes = await Promise.all(bounds.routes.map((route) => routeHarm(evidence, route, bounds.phase)));
    const memory = await memoryOf(evidence, bounds.phase);
    const bad = routes.filter((route) => isBad(route, bounds));
    const slow = routes.filter((route) => isSlow(route, bounds));
    const fat = memory.filter(({ growthMiB }) => growthMiB > bounds.maxGrowthMiB);
    const doubt =
      slow.length > 0 ? await incredible(evidence, bounds, ['baseline', bounds.phase]) : undefined;
    const breaches: readonly Breach[] = [
      ...bad.map((route) => ({ text: badText(route) })),
      ...slow.map((route) => ({ text: slowText(route), doubt })),
      ...fat.map((each) => ({ text: `${each.service} grew by ${number(each.growthMiB)} MiB` })),
    ];
    const [worst] = [...bad, ...slow];
    return {
      ...conclude(breaches, [...untested(evidence, routes, memory)]),
      expected: `in the phase ${bounds.phase}: good answers no more than ${number(bounds.goodMarginPoints, 2)} points below the baseline, p95 within ${number(bounds.factor, 2)} x baseline + ${number(bounds.marginMs)} ms, no service more than ${number(bounds.maxGrowthMiB)} MiB larger`,
      observed: [...routes.map(routeText), memoryText(memory)].join('; '),
      figures: figuresOf(routes, memory),
      examples: worst ? await sickTraces(evidence, worst, bounds) : [],
    };
  },
});

function isBad({ baseline, under }: RouteHarm, { goodMarginPoints }: Options): boolean {
  if (baseline.requests === 0 || under.requests === 0) return false;
  const usual = (baseline.good / baseline.requests) * 100;
  return isBelow(under.good, under.requests, usual - goodMarginPoints);
}

function isSlow(route: RouteHarm, bounds: Options): boolean {
  const { p95Us } = route.under;
  return p95Us !== null && p95Us > limitUs(route, bounds);
}

function limitUs({ baseline }: RouteHarm, { factor, marginMs }: Options): number {
  return (baseline.p95Us ?? 0) * factor + marginMs * 1000;
}

function sickTraces(evidence: Evidence, route: RouteHarm, bounds: Options): Promise<string[]> {
  return tracesWhere(
    evidence,
    route.route,
    bounds.phase,
    `NOT ${GOOD} OR took_us > ${Math.round(limitUs(route, bounds))}`,
  );
}

function* untested(
  evidence: Evidence,
  routes: readonly RouteHarm[],
  memory: readonly Memory[],
): Generator<string> {
  yield* neverInForce(evidence, 'its telemetry had no reason to fail');
  for (const { route, baseline, under } of routes) {
    const least = Math.min(baseline.requests, under.requests);
    if (least < LEAST_REQUESTS)
      yield `${route} has ${count(least, 'request')} in a phase, too few to compare`;
    else yield* illBefore(route, baseline, LEAST_BASELINE_GOOD_PERCENT);
    // In the baseline they would lower what is asked for.
    yield* unrecorded(`${route} baseline`, baseline);
    yield* unrecorded(route, under);
  }
  if (memory.length === 0) yield 'no gauge tells the memory of a service in both phases';
}

const good = ({ requests, good: well }: RouteHarm['under']) => percent(requests > 0 ? well / requests : 0, 2);
const p95 = ({ p95Us }: RouteHarm['under']) => (p95Us === null ? 'no answers' : `p95 ${ms(p95Us)}`);

function routeText({ route, baseline, under }: RouteHarm): string {
  return `${route} ${good(under)} good, ${p95(under)} (baseline ${good(baseline)}, ${p95(baseline)})`;
}

function badText({ route, baseline, under }: RouteHarm): string {
  return `${route} has ${good(under)} good answers, ${good(baseline)} in the baseline`;
}

function slowText({ route, baseline, under }: RouteHarm): string {
  return `${route} is slow: ${p95(under)}, in the baseline ${p95(baseline)}`;
}

function memoryText(memory: readonly Memory[]): string {
  const [most] = memory;
  if (!most) return 'memory unknown';
  return `most growth: ${most.service} by ${number(most.growthMiB)} MiB to ${number(most.mostMiB)} MiB`;
}

function figuresOf(routes: readonly RouteHarm[], memory: readonly Memory[]): Figures {
  const entries = routes.flatMap(({ route, baseline, under }) => [
    [`${route}: goodPercentBaseline`, round((baseline.good / Math.max(1, baseline.requests)) * 100)],
    [`${route}: goodPercent`, round((under.good / Math.max(1, under.requests)) * 100)],
    [`${route}: p95MsBaseline`, baseline.p95Us === null ? null : round(baseline.p95Us / 1000)],
    [`${route}: p95Ms`, under.p95Us === null ? null : round(under.p95Us / 1000)],
  ]);
  const growth = memory.map(({ service, growthMiB }) => [`${service}: growthMiB`, round(growthMiB, 1)]);
  return Object.fromEntries([...entries, ...growth]);
}
