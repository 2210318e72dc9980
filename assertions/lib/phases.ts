import type { Evidence, FaultWindow, Phase, PhaseName } from '../../harness/contracts.ts';

/** The phases in which is measured; the warm-up is not one. */
export function measuredPhases(evidence: Evidence): readonly Phase[] {
  return evidence.run.phases.filter((phase) => phase.name !== 'warmup');
}

/** The phases of that name, one a block, in the order of time; none when the run did not reach it. */
export function phasesOf(evidence: Evidence, name: PhaseName): readonly Phase[] {
  return evidence.run.phases.filter((phase) => phase.name === name);
}

/** First start and last end of the phases; undefined when there is none. */
export function spanOf(
  phases: readonly Phase[],
): { readonly startUs: number; readonly endUs: number } | undefined {
  if (phases.length === 0) return undefined;
  return {
    startUs: Math.min(...phases.map((phase) => phase.startUs)),
    endUs: Math.max(...phases.map((phase) => phase.endUs)),
  };
}

/** The times at which the faults were in force, one each and block; a fault that never was has none. */
export function faultWindows({ faults }: Evidence): readonly FaultWindow[] {
  return faults.flatMap(({ window }) => (window ? [window] : []));
}
