import { z } from 'zod';
import { EXAMPLES } from '../analysis/lib/query.ts';
import type { Evidence, Figures, PhaseName } from '../harness/contracts.ts';
import { conclude } from './lib/conclude.ts';
import { credibility, incredible } from './lib/credible.ts';
import { defineAssertion } from './lib/define.ts';
import { faultWindows, phasesOf } from './lib/phases.ts';
import { aftermathOf, sickTraces } from './lib/recovery.ts';
import { type Course, courseOf } from './lib/recovery-course.ts';
import { blameMachine, saturation } from './lib/saturation.ts';
import { isBelow } from './lib/share.ts';
import { checkRoutes } from './lib/system.ts';
import { count, ms, number, percent, round } from './lib/text.ts';
import { LEAST_WINDOWS } from './lib/windows.ts';

const options = z.strictObject({
  routes: z.array(z.string()).min(1),
  /** Seconds after the end of the fault within which each route must be back. */
  withinS: z.number().int().min(0).default(5),
  /** Seconds in a row for which a route must be as before, to be back. */
  sustainedS: z.number().int().min(1).default(3),
  /** How far its share of good answers (2xx, 3xx) may be below the baseline's, in percentage points. */
  goodMarginPoints: z.number().min(0).default(1),
  /** How much longer its answers may take: baseline x factor + marginMs. */
  factor: z.number().min(1).default(2),
  marginMs: z.number().min(0).default(150),
  /** Share of good answers in the baseline below which a route was ill before, in percent. */
  minBaselineGoodPercent: z.number().min(0).max(100).default(99),
  ...credibility,
});

type Options = z.output<typeof options>;

export default defineAssertion({
  id: 'recovered',
  title: 'Every route recovers',
  promise:
    'When the fault is over each route is as fast and as successful as before, within a stated margin, within a stated time, and it stays so.',
  needs: ['ledger'],
  options,
  // The fault goes a moment after its phase, and whole seconds count.
  leastSeconds: ({ withinS, sustainedS }) => ({ recovery: withinS + sustainedS + 1 }),
  async judge(evidence, bounds) {
    checkRoutes(evidence, bounds.routes);
    const ends = faultWindows(evidence).map(({ untilUs }) => untilUs);
    if (ends.length === 0) {
      return {
        verdict: 'inconclusive',
        expected: expectation(bounds),
        observed: 'no fault',
        figures: {},
        examples: [],
        because: 'no fault was in force, so there was nothing to recover from',
      };
    }
    const endUs = Math.max(...ends);
    const aftermaths = await Promise.all(bounds.routes.map((route) => aftermathOf(evidence, route, endUs)));
    const routes = aftermaths.map((aftermath) => courseOf(aftermath, bounds));
    // A route that would be well if its answers took no time is only slow, which may be the doing of whoever measures.
    const slow = aftermaths.flatMap((aftermath) => {
      const course = courseOf(aftermath, { ...bounds, marginMs: Number.POSITIVE_INFINITY });
      return [...breachesOf(course, bounds)].length === 0 ? [aftermath.route] : [];
    });
    const wasSaturated = await saturation(evidence);
    const isExcused = (second: number): boolean =>
      wasSaturated(endUs + second * 1e6, endUs + (second + 1) * 1e6);
    const breaches = aftermaths.flatMap((aftermath, index) => {
      const { [index]: course } = routes;
      if (course === undefined) return [];
      const sure = [...breachesOf(courseOf(aftermath, bounds, isExcused), bounds)];
      return [...breachesOf(course, bounds)].map((text) => ({
        text,
        isTiming: slow.includes(course.route),
        excused: sure.length === 0 ? aftermath.seconds.filter((_, second) => isExcused(second)).length : 0,
      }));
    });
    const doubt = breaches.some(({ isTiming }) => isTiming)
      ? await incredible(evidence, bounds, judgedPhases(evidence, endUs))
      : undefined;
    const blameFor = (excused: number): string | undefined =>
      excused > 0 ? blameMachine(`in ${number(excused)} of the seconds after the fault`) : undefined;
    const examples: string[] = [];
    for (const course of routes.filter((each) => [...breachesOf(each, bounds)].length > 0)) {
      const { route, limitUs } = course;
      examples.push(
        ...(await sickTraces(evidence, route, endUs, { ...sickSeconds(course, bounds), limitUs })),
      );
    }
    return {
      ...conclude(
        breaches.map(({ text, isTiming, excused }) => ({
          text,
          doubt: (isTiming ? doubt : undefined) ?? blameFor(excused),
        })),
        routes.flatMap((course) => [...untested(course, bounds)]),
      ),
      expected: expectation(bounds),
      observed: routes.map(describe).join('; '),
      figures: Object.assign({}, ...routes.map(figuresOf)),
      examples: [...new Set(examples)].slice(0, EXAMPLES),
    };
  },
});

function judgedPhases(evidence: Evidence, endUs: number): readonly PhaseName[] {
  const fault = phasesOf(evidence, 'fault').at(-1);
  // A fault may end a good while before its phase does.
  return fault && fault.endUs - endUs > 1e6 ? ['baseline', 'fault', 'recovery'] : ['baseline', 'recovery'];
}

function expectation({ routes, withinS, sustainedS, goodMarginPoints, factor, marginMs }: Options): string {
  return `${routes.join(', ')}: within ${number(withinS)} s after the fault, for ${number(sustainedS)} s and from then on, response time <= baseline x ${number(factor, 2)} + ${number(marginMs)} ms, good answers >= baseline - ${number(goodMarginPoints, 2)} points`;
}

function describe({ route, atBestAfterS, backAfterS, relapsedAfterS, windows }: Course): string {
  if (windows === 0) return `${route} not observed`;
  if (atBestAfterS === undefined) return `${route} never in ${number(windows)} s`;
  if (backAfterS === undefined) return `${route} not known`;
  const relapse = relapsedAfterS === undefined ? '' : `, relapsed after ${number(relapsedAfterS)} s`;
  return `${route} after ${number(backAfterS)} s${relapse}`;
}

function isObserved({ baseline, windows }: Course, bounds: Options): boolean {
  const { withinS, sustainedS, minBaselineGoodPercent } = bounds;
  const wasWell = !isBelow(baseline.goodShare, 1, minBaselineGoodPercent);
  return wasWell && baseline.windows >= LEAST_WINDOWS && windows >= withinS + sustainedS;
}

/** A second without a request is taken for a good one where it could excuse, so that what is a breach is one for sure. */
function* breachesOf(course: Course, bounds: Options): Generator<string> {
  if (!isObserved(course, bounds)) return;
  const { route, atBestAfterS, backAfterS, relapsedAfterS, windows, last, limitUs, quantile } = course;
  if (atBestAfterS === undefined) {
    const end = last
      ? `: in the last of them ${percent(last.good / last.requests, 2)} good answers, ${quantile} ${ms(last[quantile] ?? 0)}, allowed ${ms(limitUs)}`
      : '';
    yield `${route} did not come back in the ${number(windows)} s after the fault${end}`;
  } else if (atBestAfterS > bounds.withinS) {
    yield `${route} came back ${number(atBestAfterS)} s after the fault, allowed ${number(bounds.withinS)} s: look for what it holds on to, such as a queue, a pool or an open breaker`;
  }
  if (relapsedAfterS !== undefined) {
    yield `${route} relapsed ${number(relapsedAfterS)} s after the fault, having been back after ${number(backAfterS ?? 0)} s`;
  }
}

function sickSeconds(course: Course, { withinS }: Options): { fromS: number; untilS: number } {
  const { atBestAfterS, relapsedAfterS, windows } = course;
  const isLate = atBestAfterS === undefined || atBestAfterS > withinS;
  if (isLate) return { fromS: withinS, untilS: windows };
  return { fromS: relapsedAfterS ?? withinS, untilS: windows };
}

function* untested(course: Course, bounds: Options): Generator<string> {
  const { withinS, sustainedS, minBaselineGoodPercent } = bounds;
  const { route, baseline, windows, empty } = course;
  const needed = withinS + sustainedS;
  if (baseline.windows < LEAST_WINDOWS)
    yield `${route} has ${count(baseline.windows, 'window')} of a second in the baseline, ${LEAST_WINDOWS} are needed: make it longer`;
  else if (isBelow(baseline.goodShare, 1, minBaselineGoodPercent))
    yield `${route} was ill before: ${percent(baseline.goodShare, 2)} good answers in the baseline, ${number(minBaselineGoodPercent, 2)} % are needed`;
  if (windows < needed)
    yield `only ${number(windows)} s were observed after the fault, ${number(needed)} are needed: make the recovery phase longer`;
  if (empty > 0)
    yield `${route} had no request in ${number(empty)} of the ${number(windows)} s after the fault: send more`;
}

function figuresOf(course: Course): Figures {
  const { route, quantile, baseline, limitUs, windows, empty, backAfterS, relapsedAfterS } = course;
  return {
    [`${route}.recoveredAfterS`]: backAfterS ?? null,
    [`${route}.relapsedAfterS`]: relapsedAfterS ?? null,
    [`${route}.quantile`]: quantile,
    [`${route}.baselineMs`]: round(baseline.medianUs / 1000),
    [`${route}.limitMs`]: round(limitUs / 1000),
    [`${route}.baselineGoodPercent`]: round(baseline.goodShare * 100),
    [`${route}.windows`]: windows,
    [`${route}.emptyWindows`]: empty,
  };
}
