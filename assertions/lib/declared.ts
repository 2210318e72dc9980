import { z } from 'zod';
import { type Answers, GOOD, isOneOf } from './answers.ts';
import type { Breach } from './conclude.ts';
import { blameMachine } from './saturation.ts';
import { isBelow, refutes } from './share.ts';
import { count, ms, number, percent } from './text.ts';

/** How a route may degrade. */
export const declaration = z.strictObject({
  /** Share of the answers of 2xx and 3xx, the degraded ones included, in percent. */
  minGoodPercent: z.number().min(0).max(100),
  maxDegradedPercent: z.number().min(0).max(100).default(0),
  /** Response time at the 99th percentile, from when a request was due. */
  p99Ms: z.number().positive().optional(),
  /** Statuses with which a request may fail; 0 = no answer. */
  failures: z.array(z.number().int().min(0).max(599)).default([]),
});

export type Declaration = z.output<typeof declaration>;

export interface Route extends Declaration {
  readonly route: string;
  readonly answers: Answers;
  readonly baseline: Answers;
  /** Requests that took longer than p99Ms; 0 where none is declared. */
  readonly slower: number;
  /** Of these, those that were under way while the machine was saturated. */
  readonly excused: number;
  /** The outcome of each request that timed out while the machine was saturated. */
  readonly givenUp: readonly (number | null)[];
}

/** Statuses of requests that timed out: given up by the client, without an answer, or by a deadline of the system's own. */
export const TIMED_OUT: readonly number[] = [0, 504];

/** Something that a route did beyond its declaration. */
export interface RouteBreach extends Breach {
  readonly route: string;
  /** Which requests show it, as SQL. */
  readonly where: string;
  readonly isLatency?: boolean;
}

/** What a route did beyond its declaration; `degraded` are the statuses of degraded answers. */
export function* breachesOf(route: Route, degradedStatuses: readonly number[]): Generator<RouteBreach> {
  const { answers, minGoodPercent, maxDegradedPercent, p99Ms, failures, slower, excused, givenUp } = route;
  const { requests, good, degraded, p99Us } = answers;
  const name = route.route;
  const chance = (part: number, leastPercent: number): string | undefined =>
    refutes(part, requests, leastPercent)
      ? undefined
      : `of ${count(requests, 'request')} that may be chance: make the phase longer`;
  // One without a record is the load driver's failure, see unrecorded.
  const undeclared = answers.failures.filter(({ status }) => status !== null && !failures.includes(status));
  // To be given up is to be slow, which may be the machine's doing; any other failure is an answer.
  const blame = blameMachine(`while ${count(givenUp.length, 'request')} waited that timed out`);
  if (undeclared.length > 0) {
    const where = `NOT ${GOOD} AND outcome IS NOT NULL AND NOT ${isOneOf(failures)}`;
    const text = `${name} failed in a way not declared: ${listFailures(undeclared)}`;
    const isExcused = undeclared.every(
      (failure) => givenUp.filter((outcome) => outcome === failure.status).length === failure.count,
    );
    yield { route: name, where, text, doubt: isExcused ? blame : undefined };
  }
  if (isBelow(good, requests, minGoodPercent)) {
    const text = `${name} has ${percent(good / requests, 2)} good answers, declared ${number(minGoodPercent, 2)} %`;
    const isSure = refutes(good + givenUp.length, requests, minGoodPercent);
    const doubt = chance(good, minGoodPercent) ?? (isSure ? undefined : blame);
    yield { route: name, where: `NOT ${GOOD}`, text, doubt };
  }
  if (isBelow(requests - degraded, requests, 100 - maxDegradedPercent)) {
    const text = `${name} has ${percent(degraded / requests, 2)} degraded answers, declared ${number(maxDegradedPercent, 2)} %`;
    const doubt = chance(requests - degraded, 100 - maxDegradedPercent);
    yield { route: name, where: isOneOf(degradedStatuses), text, doubt };
  }
  if (p99Ms !== undefined && p99Us !== null && p99Us > p99Ms * 1000) {
    const text = `${name} is slow: p99 ${ms(p99Us)}, declared ${number(p99Ms)} ms`;
    const where = slowerThan(p99Ms);
    const isSure = refutes(requests - slower + excused, requests, 99);
    const busy = isSure ? undefined : blameMachine(`while ${number(excused)} of these were under way`);
    yield { route: name, where, text, isLatency: true, doubt: chance(requests - slower, 99) ?? busy };
  }
}

/** An SQL condition on a request. */
export function slowerThan(limitMs: number): string {
  return `took_us > ${limitMs * 1000}`;
}

/** `12 x 503, 3 x no answer`; empty for none. */
export function listFailures(failures: Answers['failures']): string {
  return failures.map((failure) => `${number(failure.count)} x ${statusName(failure.status)}`).join(', ');
}

export function statusName(status: number | null): string {
  if (status === null) return 'no record';
  return status === 0 ? 'no answer' : String(status);
}
