import type { LossStage } from '../../harness/contracts.ts';
import { number } from './text.ts';

/** What happened at each stage, to be read after a number of traces, and what to do about it. */
const MEANING: Readonly<Record<LossStage, string>> = {
  'not-exported': 'never reached the Collector: see the log of the service that answered',
  'no-policy-keeps-it': 'no policy of the Collector keeps them: add or widen one',
  'drop-policy-won': 'a drop policy of the Collector matches them: narrow it',
  'evicted-before-decision': 'the sampler forgot them before its decision: raise num_traces',
  'export-failed': 'the export to the backend failed: see the Collector log, raise its sending queue',
  'evicted-by-archive': 'the backend pushed them out of its store: raise its max_traces',
  'late-spans': 'some of their spans came after the decision: raise decision_wait, or export sooner',
  unexplained: 'no evidence says why',
};

/** Every stage, for whoever wants to see that each is known. */
export const LOSS_STAGES = Object.keys(MEANING).filter((stage): stage is LossStage =>
  Object.hasOwn(MEANING, stage),
);

export interface StageCount {
  readonly stage: LossStage;
  readonly count: number;
}

/** `12 no-policy-keeps-it (no policy of the Collector keeps them: …), 3 late-spans (…)`. */
export function describeLosses(stages: readonly StageCount[]): string {
  return stages.map(({ stage, count }) => `${number(count)} ${stage} (${MEANING[stage]})`).join(', ');
}

/** The counts as figures: `lostNoPolicyKeepsIt` and so on. */
export function lossFigures(stages: readonly StageCount[]): Readonly<Record<string, number>> {
  return Object.fromEntries(stages.map(({ stage, count }) => [figureName(stage), count]));
}

function figureName(stage: LossStage): string {
  return `lost-${stage}`.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
