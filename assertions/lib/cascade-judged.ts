import { type Decision, decide } from '../../analysis/statistics/decision.ts';
import type { RouteBehaviour } from './cascade.ts';
import { isRecoveryJudged } from './cascade-report.ts';
import { untested } from './cascade-untested.ts';

export interface JudgedBounds {
  readonly minBaselineGoodPercent: number;
  readonly confidencePercent: number;
}

/** A phase of a route beside the baseline, and what the comparison comes to. */
export interface Judged {
  readonly behaviour: RouteBehaviour;
  readonly phase: 'fault' | 'recovery';
  readonly time: Decision;
  readonly good: Decision;
}

/** The phases that can be compared, all decided together; a route of which too little is known, or that was ill before, proves nothing. */
export function judgedOf(routes: readonly RouteBehaviour[], bounds: JudgedBounds): readonly Judged[] {
  const known = routes.filter((route) => [...untested(route, bounds.minBaselineGoodPercent)].length === 0);
  const phases = [
    ...known.map((behaviour) => ({ behaviour, phase: 'fault' as const })),
    ...known.filter(isRecoveryJudged).map((behaviour) => ({ behaviour, phase: 'recovery' as const })),
  ];
  const checks = phases.flatMap(({ behaviour, phase }) => {
    const { time, good } = behaviour[phase].comparison;
    return [time, good];
  });
  const decisions = decide(checks, 1 - bounds.confidencePercent / 100);
  return phases.map((each, index) => ({
    ...each,
    time: decisions[2 * index] ?? 'undecided',
    good: decisions[2 * index + 1] ?? 'undecided',
  }));
}
