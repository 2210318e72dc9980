/** Why a phase beside the baseline says nothing, in the words of every assertion that compares the two. */
import type { Evidence } from '../../harness/contracts.ts';
import { type Answers, withoutRecord } from './answers.ts';
import { faultWindows } from './phases.ts';
import { isBelow } from './share.ts';
import { count, number, percent } from './text.ts';

/** The route was not well before anything failed. */
export function* illBefore(
  route: string,
  { requests, good }: Pick<Answers, 'requests' | 'good'>,
  minGoodPercent: number,
): Generator<string> {
  if (requests === 0) yield `no ${route} request in the baseline`;
  else if (isBelow(good, requests, minGoodPercent))
    yield `${route} was ill before: ${percent(good / requests, 2)} good answers in the baseline, ${number(minGoodPercent, 2)} % are needed`;
}

/** Requests of which the load driver has no record: nobody knows what the system answered. */
export function* unrecorded(route: string, answers: Answers): Generator<string> {
  const missing = withoutRecord(answers);
  if (missing > 0) yield `${count(missing, `${route} request`)} without a record of its answer`;
}

/** A scenario without faults may suffer from its load or its settings alone; one whose faults were never in force says nothing. */
export function* neverInForce(evidence: Evidence, consequence: string): Generator<string> {
  if (evidence.faults.length > 0 && faultWindows(evidence).length === 0)
    yield `no fault was in force, so ${consequence}`;
}
