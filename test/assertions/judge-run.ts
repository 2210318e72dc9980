import type { BoundAssertion, Finding } from '../../harness/contracts.ts';
import { askRun, healthyRequests, type RequestSpec, type RunSpec } from '../evidence/fixture.ts';

/** What an assertion finds in a fixture run. */
export async function judgeRun(assertion: BoundAssertion, spec: RunSpec = {}): Promise<Finding> {
  return askRun(spec, (evidence) => assertion.judge(evidence));
}

/** The healthy requests, with those at which `suits` says true changed. */
export function changed(
  suits: (request: RequestSpec, index: number) => boolean,
  change: Partial<RequestSpec>,
): RequestSpec[] {
  return healthyRequests().map((request, index) =>
    suits(request, index) ? { ...request, ...change } : request,
  );
}

/** The first `count` product reads of a phase changed. */
export function changedReads(
  phase: RequestSpec['phase'],
  count: number,
  change: Partial<RequestSpec>,
): RequestSpec[] {
  let left = count;
  return changed((request) => {
    if (request.phase !== phase || request.route !== 'product-read' || left === 0) return false;
    left -= 1;
    return true;
  }, change);
}

/** The record of a run whose archive was not complete when it was read. */
export const UNSETTLED: NonNullable<RunSpec['run']> = {
  settled: { ok: false, waitedS: 60, detail: 'still growing after 60 s' },
};
