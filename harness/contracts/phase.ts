/** The phases of a run. */

export type PhaseName = 'warmup' | 'baseline' | 'fault' | 'recovery';

export interface Phase {
  readonly name: PhaseName;
  readonly startUs: number;
  readonly endUs: number;
}
