import type { LossAttribution, LossStage } from '../../harness/contracts.ts';
import { number } from './text.ts';

/** What happened at each stage, to be read after a number of traces, and what to do about it. */
const MEANING: Readonly<Record<LossStage, string>> = {
  'sdk-queue-full':
    "the queue of the service's SDK was full: raise OTEL_BSP_MAX_QUEUE_SIZE, or export sooner",
  'sdk-export-failed':
    'the service gave up sending them: see that the Collector is there, and that its answer comes in time',
  'refused-by-collector': 'the Collector refused them: raise its memory limit, or give it less',
  'not-exported': 'never reached the Collector: see the log of the service that answered',
  'lost-in-crash': 'the Collector ended while it held them: see its log, and run more than one',
  'no-policy-keeps-it': 'no policy of the Collector keeps them: add or widen one',
  'drop-policy-won': 'a drop policy of the Collector matches them: narrow it',
  'evicted-before-decision': 'the sampler forgot them before its decision: raise num_traces',
  'policy-evaluation-failed': 'a policy could not be evaluated: see the Collector log',
  'decided-on-part':
    'the request went on when the decision fell: raise decision_wait above the longest time-out',
  'late-spans': 'some of their spans came after the decision: raise decision_wait, or export sooner',
  'late-after-forgotten':
    'some of their spans came when the sampler had forgotten them: raise num_traces, or set a decision_cache',
  'exporter-queue-full': "the queue of the exporter to the backend was full: raise its sending queue's size",
  'export-failed': 'the export to the backend failed: see the Collector log, raise its sending queue',
  'evicted-by-archive': 'the backend pushed them out of its store, or lost it: raise its max_traces',
  'beyond-search-limit': 'the search of the backend left traces out, and they were not asked for by id',
  unexplained: 'no evidence says why',
};

export interface StageCount {
  readonly stage: LossAttribution;
  readonly count: number;
}

/** `12 no-policy-keeps-it (no policy of the Collector keeps them: …), 3 late-spans (…)`. */
export function describeLosses(stages: readonly StageCount[]): string {
  return stages.map(({ stage, count }) => `${number(count)} ${stage} (${meaningOf(stage)})`).join(', ');
}

/** The stages that an attribution names: one, or all that are possible. */
export function stagesOf(attribution: LossAttribution): readonly string[] {
  return attribution.split(' | ');
}

function meaningOf(attribution: LossAttribution): string {
  const meanings = stagesOf(attribution).map((stage) => (isStage(stage) ? MEANING[stage] : stage));
  return meanings.join('; or ');
}

/** Whether a stage of that name is known. */
export function isStage(name: string): name is LossStage {
  return Object.hasOwn(MEANING, name);
}

/** All stages there are. */
export const STAGES: readonly LossStage[] = Object.keys(MEANING).filter(isStage);

/** The counts as figures: `lostNoPolicyKeepsIt` and so on. */
export function lossFigures(stages: readonly StageCount[]): Readonly<Record<string, number>> {
  return Object.fromEntries(stages.map(({ stage, count }) => [figureName(stage), count]));
}

function figureName(stage: LossAttribution): string {
  return `lost-${stage.replaceAll(' | ', '-or-')}`.replace(/-(.)/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
}
