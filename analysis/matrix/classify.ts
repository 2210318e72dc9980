import { number } from '../lib/text.ts';
import { wilson } from '../lib/wilson.ts';
import type { RouteOutcome } from './outcome.ts';
import type { PhaseFacts, RouteFacts } from './route-facts.ts';

/** Requests of a route without which its shares say nothing, in the baseline and under the fault. */
const LEAST_REQUESTS = 30;
/** Share of requests without a record beyond which the rest does not speak for all. */
const MOST_UNRECORDED = 0.05;
/** Share of good answers in the baseline below which the route was ill before. */
const LEAST_WELL = 0.9;
/** Less than this share of good answers and the route has failed: more often than not it does not do its work. */
const FAILED_BELOW = 0.5;
/** A share must change by so much, beyond what chance explains, for the route to be degraded. */
const LEAST_CHANGE = { good: 0.02, degraded: 0.02, slow: 0.2 } as const;

/**
 * What became of a route under a fault that took hold. Failed: less than half of its answers are good. Degraded: clearly fewer
 * good answers than in the baseline, clearly more that the system itself marks as degraded, or clearly more that are slow.
 * Clearly: the change is larger than a bound, and the Wilson intervals (95 %) before and after do not meet. Unknown when there is too
 * little data, the route was ill before, or it was only slow and something else may be to blame.
 * @param slownessDoubt why slow answers may not be the fault's doing, if they may not
 */
export function classify(facts: RouteFacts, slownessDoubt?: string): RouteOutcome {
  const { route, baseline, fault } = facts;
  const doubt = doubtOf(facts);
  if (doubt !== undefined) return { route, outcome: 'unknown', goodputRatio: null, because: doubt };
  const goodputRatio = goodput(fault) / goodput(baseline);
  const good = `${fault.good} of ${fault.recorded} answers good, before ${baseline.good} of ${baseline.recorded}`;
  if (fault.good / fault.recorded < FAILED_BELOW)
    return { route, outcome: 'failed', goodputRatio, because: good };
  const changes = [
    ...(rose(bad(baseline), bad(fault), LEAST_CHANGE.good) ? [good] : []),
    ...(rose(of(baseline, 'degraded'), of(fault, 'degraded'), LEAST_CHANGE.degraded)
      ? [
          `${fault.degraded} of ${fault.recorded} answers marked as degraded, before ${baseline.degraded} of ${baseline.recorded}`,
        ]
      : []),
  ];
  if (rose(of(baseline, 'slow'), of(fault, 'slow'), LEAST_CHANGE.slow)) {
    const slow = `${fault.slow} of ${fault.good} good answers slower than ${milliseconds(facts.slowUs)}, before ${baseline.slow} of ${baseline.good}; median ${milliseconds(fault.p50Us)}, before ${milliseconds(baseline.p50Us)}`;
    if (changes.length === 0 && slownessDoubt !== undefined)
      return { route, outcome: 'unknown', goodputRatio, because: `${slow}; but ${slownessDoubt}` };
    changes.push(slow);
  }
  if (changes.length > 0) return { route, outcome: 'degraded', goodputRatio, because: changes.join('; ') };
  return {
    route,
    outcome: 'unaffected',
    goodputRatio,
    because: `${good}; median ${milliseconds(fault.p50Us)}, before ${milliseconds(baseline.p50Us)}`,
  };
}

/** Every route unknown, for the one reason that the whole cell says nothing. */
export function unknownOutcomes(routes: readonly string[], because: string): readonly RouteOutcome[] {
  return routes.map((route) => ({ route, outcome: 'unknown', goodputRatio: null, because }));
}

function doubtOf({ route, baseline, fault }: RouteFacts): string | undefined {
  for (const [name, phase] of [['baseline', baseline] as const, ['fault phase', fault] as const]) {
    if (phase.recorded < LEAST_REQUESTS)
      return `${phase.recorded} requests of ${route} in the ${name}, ${LEAST_REQUESTS} are needed: make it longer`;
    if (phase.requests - phase.recorded > phase.requests * MOST_UNRECORDED)
      return `${phase.requests - phase.recorded} of ${phase.requests} requests of ${route} in the ${name} have no record`;
  }
  if (baseline.good < baseline.recorded * LEAST_WELL)
    return `${route} was ill before: ${baseline.good} of ${baseline.recorded} answers good in the baseline`;
  return undefined;
}

interface Share {
  readonly part: number;
  readonly whole: number;
}

function bad({ good, recorded }: PhaseFacts): Share {
  return { part: recorded - good, whole: recorded };
}

function of(phase: PhaseFacts, part: 'degraded' | 'slow'): Share {
  return { part: phase[part], whole: part === 'slow' ? phase.good : phase.recorded };
}

function rose(before: Share, after: Share, least: number): boolean {
  if (before.whole === 0 || after.whole === 0) return false;
  const change = after.part / after.whole - before.part / before.whole;
  return change > least && wilson(after.part, after.whole).low > wilson(before.part, before.whole).high;
}

/**
 * Good answers per request that was due. The rate is the same in both phases, so the ratio of two of them is that of good
 * answers per second, without the chance by which the mix gives a route more requests in one phase.
 */
function goodput({ good, recorded }: PhaseFacts): number {
  return good / recorded;
}

function milliseconds(microseconds: number | null): string {
  return microseconds === null ? 'unknown' : `${number(microseconds / 1000)} ms`;
}
