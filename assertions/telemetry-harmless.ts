import { z } from 'zod';
import { wilson } from '../analysis/lib/wilson.ts';
import type { Evidence, Figures } from '../harness/contracts.ts';
import { GOOD, tracesWhere } from './lib/answers.ts';
import { type Breach, conclude } from './lib/conclude.ts';
import { credibility, incredible } from './lib/credible.ts';
import { defineAssertion } from './lib/define.ts';
import { type Memory, memoryOf, type RouteHarm, routeHarm } from './lib/harm.ts';
import { faultWindows } from './lib/phases.ts';
import { blameMachine, saturation } from './lib/saturation.ts';
import { isBelow, refutes } from './lib/share.ts';
import { checkRoutes } from './lib/system.ts';
import { count, ms, number, percent, round } from './lib/text.ts';
import { illBefore, unrecorded } from './lib/untested.ts';

const options = z.strictObject({
  routes: z.array(z.string()).min(1),
  phase: z.enum(['fault', 'recovery']).default('fault'),
  /** How far a route's share of good answers may be below the baseline's, in percentage points. */
  goodMarginPoints: z.number().min(0).default(0.5),
  /** An answer is slow that takes longer than the baseline's 90th percentile x factor + marginMs. */
  factor: z.number().min(1).default(1.5),
  marginMs: z.number().min(0).default(100),
  /** Share of slow answers, in percent. */
  maxSlowPercent: z.number().min(0).max(100).default(10),
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
    const wasSaturated = await saturation(evidence);
    const routes = await Promise.all(
      bounds.routes.map((route) => routeHarm(evidence, route, bounds.phase, bounds, wasSaturated)),
    );
    const memory = await memoryOf(evidence, bounds.phase);
    const bad = routes.filter((route) => isBad(route, bounds));
    const slow = routes.filter((route) => isSlow(route, bounds));
    const fat = memory.filter(({ growthMiB }) => growthMiB > bounds.maxGrowthMiB);
    const doubt =
      slow.length > 0 ? await incredible(evidence, bounds, ['baseline', bounds.phase]) : undefined;
    const breaches: readonly Breach[] = [
      ...bad.map((route) => ({
        text: badText(route),
        doubt: isCertainlyBad(route, bounds) ? undefined : CHANCE,
      })),
      ...slow.map((route) => ({
        text: slowText(route),
        doubt: doubt ?? (isCertainlySlow(route, bounds) ? undefined : slowDoubt(route)),
      })),
      ...fat.map((each) => ({ text: `${each.service} grew by ${number(each.growthMiB)} MiB` })),
    ];
    const [worst] = [...bad, ...slow];
    return {
      ...conclude(breaches, [...untested(evidence, routes, memory)]),
      expected: `in the phase ${bounds.phase}: good answers no more than ${number(bounds.goodMarginPoints, 2)} points below the baseline, at most ${number(bounds.maxSlowPercent, 2)} % of the answers slower than ${number(bounds.factor, 2)} x baseline (p90) + ${number(bounds.marginMs)} ms, no service more than ${number(bounds.maxGrowthMiB)} MiB larger`,
      observed: [...routes.map(routeText), memoryText(memory)].join('; '),
      figures: figuresOf(routes, memory),
      examples: worst ? await sickTraces(evidence, worst, bounds) : [],
    };
  },
});

/** What the shares of so few requests leave open. */
const CHANCE = 'so few requests may show it by chance: make the phase longer, or the rate higher';

function leastGoodPercent({ baseline }: RouteHarm, { goodMarginPoints }: Options): number {
  return (baseline.good / baseline.requests) * 100 - goodMarginPoints;
}

function isBad(route: RouteHarm, bounds: Options): boolean {
  const { baseline, under } = route;
  if (baseline.requests === 0 || under.requests === 0) return false;
  return isBelow(under.good, under.requests, leastGoodPercent(route, bounds));
}

/** The baseline's share is one of few requests, too: the intervals of both, less the margin, do not meet. */
function isCertainlyBad({ baseline, under }: RouteHarm, { goodMarginPoints }: Options): boolean {
  const usual = wilson(baseline.good, baseline.requests).low * 100;
  return refutes(under.good, under.requests, usual - goodMarginPoints);
}

function isSlow({ under, slow, slowWhileSaturated }: RouteHarm, { maxSlowPercent }: Options): boolean {
  return isBelow(under.requests - slow - slowWhileSaturated, under.requests, 100 - maxSlowPercent);
}

/** By what was slow while the machine was not saturated. */
function isCertainlySlow({ under, slow }: RouteHarm, { maxSlowPercent }: Options): boolean {
  return refutes(under.requests - slow, under.requests, 100 - maxSlowPercent);
}

function slowDoubt({ slowWhileSaturated }: RouteHarm): string {
  return slowWhileSaturated > 0 ? blameMachine(`for ${number(slowWhileSaturated)} of them`) : CHANCE;
}

function sickTraces(evidence: Evidence, route: RouteHarm, bounds: Options): Promise<string[]> {
  return tracesWhere(evidence, route.route, bounds.phase, `NOT ${GOOD} OR took_us > ${route.limitUs}`);
}

function* untested(
  evidence: Evidence,
  routes: readonly RouteHarm[],
  memory: readonly Memory[],
): Generator<string> {
  // What is broken from the start on is so in both phases.
  if (faultWindows(evidence).length === 0)
    yield 'no fault was in force, so its telemetry had no reason to fail';
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

function slowShare({ under, slow, slowWhileSaturated }: RouteHarm): string {
  return percent((slow + slowWhileSaturated) / Math.max(1, under.requests), 2);
}

function routeText(route: RouteHarm): string {
  const { baseline, under, limitUs } = route;
  return `${route.route} ${good(under)} good (baseline ${good(baseline)}), ${slowShare(route)} slower than ${ms(limitUs)}`;
}

function badText({ route, baseline, under }: RouteHarm): string {
  return `${route} has ${good(under)} good answers, ${good(baseline)} in the baseline`;
}

function slowText(route: RouteHarm): string {
  return `${route.route} is slow: ${slowShare(route)} take longer than ${ms(route.limitUs)}, in the baseline nine of ten ${ms(route.usualUs)} at most`;
}

function memoryText(memory: readonly Memory[]): string {
  const [most] = memory;
  if (!most) return 'memory unknown';
  return `most growth: ${most.service} by ${number(most.growthMiB)} MiB to ${number(most.mostMiB)} MiB`;
}

function figuresOf(routes: readonly RouteHarm[], memory: readonly Memory[]): Figures {
  const entries = routes.flatMap(({ route, baseline, under, usualUs, limitUs, slow, slowWhileSaturated }) => [
    [`${route}: goodPercentBaseline`, round((baseline.good / Math.max(1, baseline.requests)) * 100)],
    [`${route}: goodPercent`, round((under.good / Math.max(1, under.requests)) * 100)],
    [`${route}: p90MsBaseline`, round(usualUs / 1000)],
    [`${route}: limitMs`, round(limitUs / 1000)],
    [`${route}: slowPercent`, round((slow / Math.max(1, under.requests)) * 100)],
    [`${route}: slowWhileSaturated`, slowWhileSaturated],
  ]);
  const growth = memory.map(({ service, growthMiB }) => [`${service}: growthMiB`, round(growthMiB, 1)]);
  return Object.fromEntries([...entries, ...growth]);
}
