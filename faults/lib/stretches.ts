import type { Evidence, FaultWindow } from '../../harness/contracts.ts';

/** A stretch of time; its end is not part of it. */
export interface Stretch {
  readonly fromUs: number;
  readonly untilUs: number;
}

export interface Stretches {
  /** From the end of the warm-up to the fault, without the windows of other faults on the edge. */
  readonly before: readonly Stretch[];
  /** In force for sure. */
  readonly inside: readonly Stretch[];
  /** From the end of the fault on, without the windows of other faults on the edge. */
  readonly after: readonly Stretch[];
  /** Whether there is so much load after the fault that a call must be seen. */
  readonly afterNeeded: boolean;
}

/**
 * Between the request to undo a fault and its being read back as gone, calls go as usual again; those that end in
 * that time prove nothing.
 */
export const REMOVAL_US = 500_000;
/** A stretch after the fault that is shorter than this need not have had a call. */
export const LEAST_AFTER_US = 1_000_000;

/** The time before, inside and after a fault's window. */
export function stretchesOf({ run }: Evidence, { edge, fromUs, untilUs }: FaultWindow): Stretches {
  const measured = run.phases.filter((phase) => phase.name !== 'warmup');
  const loadFromUs = Math.min(...measured.map((phase) => phase.startUs));
  const loadUntilUs = Math.max(...measured.map((phase) => phase.endUs));
  const windows = run.faults.flatMap((fault): Stretch[] =>
    fault.on === edge.id && fault.fromUs !== undefined
      ? [{ fromUs: fault.fromUs, untilUs: fault.untilUs ?? Number.MAX_SAFE_INTEGER }]
      : [],
  );
  const afterLoad = without({ fromUs: untilUs, untilUs: loadUntilUs }, windows);
  return {
    before: without({ fromUs: loadFromUs, untilUs: fromUs }, windows),
    inside: without({ fromUs, untilUs: untilUs - REMOVAL_US }, []),
    // What was asked for last may call the edge when the load has ended already.
    after: without({ fromUs: untilUs, untilUs: Number.MAX_SAFE_INTEGER }, windows),
    afterNeeded: lengthUs(afterLoad) >= LEAST_AFTER_US,
  };
}

export function lengthUs(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { fromUs, untilUs }) => sum + untilUs - fromUs, 0);
}

/** What is left of the stretch outside the windows. */
function without(stretch: Stretch, windows: readonly Stretch[]): Stretch[] {
  return windows
    .reduce<Stretch[]>(
      (left, window) =>
        left.flatMap(({ fromUs, untilUs }) => [
          { fromUs, untilUs: Math.min(untilUs, window.fromUs) },
          { fromUs: Math.max(fromUs, window.untilUs), untilUs },
        ]),
      [stretch],
    )
    .filter(({ fromUs, untilUs }) => fromUs < untilUs);
}
