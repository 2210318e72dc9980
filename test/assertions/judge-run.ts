import type { BoundAssertion, Finding } from '../../harness/contracts.ts';
import { askRun, healthyRequests, PHASES, type RequestSpec, type RunSpec } from '../evidence/fixture.ts';

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

/** Where in the healthy requests the orders of a phase are. */
export function ordersOf(phase: RequestSpec['phase']): number[] {
  return healthyRequests().flatMap((request, index) =>
    request.phase === phase && request.route === 'order-create' ? [index] : [],
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

/** Fifty product reads a second, with those of a phase changed at which `suits` says true, by second and place in it. */
export function steadyReads(
  phase: RequestSpec['phase'],
  suits: (second: number, index: number) => boolean,
  change: Partial<RequestSpec>,
): RequestSpec[] {
  return PHASES.flatMap(({ name, startUs, endUs }) =>
    Array.from({ length: (endUs - startUs) / 20_000 }, (_, index): RequestSpec => {
      const read: RequestSpec = { route: 'product-read', phase: name };
      return name === phase && suits(Math.floor(index / 50), index % 50) ? { ...read, ...change } : read;
    }),
  );
}

/** A failure that takes no longer than a good answer. */
export const FAILED = { outcome: 'error', latencyMs: 20 } as const;

/** The record of a run whose archive was not complete when it was read. */
export const UNSETTLED: NonNullable<RunSpec['run']> = {
  settled: { ok: false, waitedS: 60, detail: 'still growing after 60 s' },
};
