import type { RunRecord, Scenario } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';

/** What runs that are compared must have in common. */
export interface Likeness {
  readonly rate: number;
  readonly seed: number;
  readonly phases: Pick<Scenario['phases'], 'warmupS' | 'baselineS' | 'faultS' | 'recoveryS'>;
}

/** @throws UserError when a run that was made before is not like those that are asked for: they must not be mixed */
export function checkMadeAlike(folder: string, run: RunRecord, { rate, seed, phases }: Likeness): void {
  const lengthS = (name: string): number => {
    const phase = run.phases.find((each) => each.name === name);
    return phase ? Math.round((phase.endUs - phase.startUs) / 1e6) : 0;
  };
  const isAlike =
    run.load.rate === rate &&
    run.seed === seed &&
    isWarmup(run, phases.warmupS) &&
    lengthS('baseline') === phases.baselineS &&
    lengthS('fault') === phases.faultS &&
    lengthS('recovery') === phases.recoveryS;
  if (isAlike) return;
  throw new UserError(
    `${folder} was made with ${run.load.rate} requests/s, seed ${run.seed}, and phases of ${lengthS('warmup')} (warm-up), ${lengthS('baseline')}, ${lengthS('fault')} and ${lengthS('recovery')} s. Ask for the same, or choose another --out.`,
  );
}

/** From its first request to the first that is measured: somewhat more than was asked for. */
function isWarmup({ phases }: RunRecord, askedS: number): boolean {
  const warmup = phases.find(({ name }) => name === 'warmup');
  const lengthS = warmup ? (warmup.endUs - warmup.startUs) / 1e6 : 0;
  return lengthS > askedS - 1 && lengthS < askedS + 2;
}
