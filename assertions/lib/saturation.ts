import { machineUse } from '../../analysis/machine-use.ts';
import type { Evidence, PhaseName } from '../../harness/contracts.ts';
import { phaseOf } from './phases.ts';
import { percent } from './text.ts';

/**
 * Why something slow may be the machine's fault: the first of the phases in which less than `minIdlePercent` of its
 * CPU time was idle. Undefined when it was not busy or nothing is known of it.
 */
export async function saturation(
  evidence: Evidence,
  minIdlePercent: number,
  phases: readonly PhaseName[],
): Promise<string | undefined> {
  for (const name of phases) {
    const phase = phaseOf(evidence, name);
    const use = phase && (await machineUse(evidence, phase.startUs, phase.endUs));
    if (use && use.idle * 100 < minIdlePercent) {
      return `the machine was saturated in the phase ${name} (${percent(use.idle)} idle), so it may be to blame: lower --rate`;
    }
  }
  return undefined;
}
