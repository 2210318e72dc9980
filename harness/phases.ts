/** The phases of a run, as the scenario orders them: baseline and fault once a block, then the recovery. */
import type { Phase, PhaseName, Scenario } from './contracts.ts';

type Lengths = Scenario['phases'];

interface Part {
  readonly name: PhaseName;
  readonly seconds: number;
}

function parts({ baselineS, faultS, recoveryS, blocks = 1 }: Lengths): readonly Part[] {
  const block: readonly Part[] = [
    { name: 'baseline', seconds: baselineS },
    { name: 'fault', seconds: faultS },
  ];
  return [...Array.from({ length: blocks }, () => block).flat(), { name: 'recovery', seconds: recoveryS }];
}

/** How long the measured phases last together, in seconds. */
export function measuredSeconds(lengths: Lengths): number {
  return parts(lengths).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The phase so many seconds after the start of the first measured one; what is due beyond the end belongs to the last. */
export function phaseAt(lengths: Lengths, second: number): PhaseName {
  let end = 0;
  for (const { name, seconds } of parts(lengths)) {
    end += seconds;
    if (second < end) return name;
  }
  return 'recovery';
}

/** The phases from the start of the warm-up and that of the measured load. */
export function phasesFrom(lengths: Lengths, warmupUs: number, measuredUs: number): readonly Phase[] {
  let startUs = Math.round(measuredUs);
  const measured = parts(lengths).map(({ name, seconds }): Phase => {
    const phase = { name, startUs, endUs: startUs + seconds * 1e6 };
    startUs = phase.endUs;
    return phase;
  });
  return [{ name: 'warmup', startUs: Math.round(warmupUs), endUs: Math.round(measuredUs) }, ...measured];
}
