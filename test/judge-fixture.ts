/** What the judge says of a fixture run, by real assertions or by such as find what they are told. */
import breakerOpenedAndClosed from '../assertions/breaker-opened-and-closed.ts';
import everyErrorKept from '../assertions/every-error-kept.ts';
import healthChecksDropped from '../assertions/health-checks-dropped.ts';
import loadAchieved from '../assertions/load-achieved.ts';
import partsStayedUp from '../assertions/parts-stayed-up.ts';
import tracesUnbroken from '../assertions/traces-unbroken.ts';
import type { BoundAssertion, Finding, Result, Source, Verdict } from '../harness/contracts.ts';
import { judge } from '../harness/judge.ts';
import { askRun, type RunSpec } from './evidence/fixture.ts';

export const SOURCES = ['ledger', 'recording', 'archive', 'timeline', 'gauges', 'books'] as const;

export const ALL = [
  partsStayedUp.with(),
  loadAchieved.with(),
  everyErrorKept.with(),
  healthChecksDropped.with(),
  tracesUnbroken.with(),
  breakerOpenedAndClosed.with({ edge: 'payment-to-stripe', span: 'payment.charge' }),
];

/** What comes of a run when these judge it. */
export function result(assertions: readonly BoundAssertion[], spec: RunSpec = {}): Promise<Result> {
  return askRun(spec, (evidence) => judge(evidence, assertions, 'runs/fixture'));
}

/** Finds what it is told, whatever the run. */
export function fixed(
  id: string,
  verdict: Verdict,
  needs: readonly Source[] = ['ledger'],
  more: Partial<Finding> = {},
): BoundAssertion {
  const finding: Finding = { verdict, expected: 'x', observed: 'y', figures: {}, examples: [], ...more };
  return { id, title: `Title of ${id}`, needs, options: {}, judge: () => Promise.resolve(finding) };
}

/** Cannot judge at all. */
export function throwing(message: string, needs?: readonly Source[]): BoundAssertion {
  return { ...fixed('throws', 'pass', needs), judge: () => Promise.reject(new Error(message)) };
}
