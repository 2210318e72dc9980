import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EXIT, UserError } from '../../../../harness/errors.ts';
import { readRunRecord } from '../../../../harness/run-folder.ts';
import type { Likeness } from '../../made-alike.ts';
import { type MadeRun, madeRuns } from '../../made-runs.ts';
import { type RunRequest, runFolderOf } from '../../run-once.ts';
import { type HandedOn, runArguments } from '../../run-options.ts';
import { type Experiment, SETTINGS } from './experiments.ts';
import { type Prediction, type Validation, validationSchema } from './schema.ts';
import { validateExperiment } from './validate-experiment.ts';

/** Of the time as it is, on average. */
const TARGET = 0.1;
/** Orders below which percentiles say nothing. */
const LEAST_ORDERS = 20;

/** Makes the runs that are not there yet, one after the other, and compares what was predicted with what was measured. */
export async function validate(
  folder: string,
  experiments: readonly Experiment[],
  options: Required<HandedOn>,
  signal: AbortSignal,
): Promise<Validation> {
  const doubts: Validation['doubts'] = [];
  const runs = madeRuns(folder, requestsOf(experiments), {
    options: [...runArguments(options), ...SETTINGS.flatMap((setting) => ['--env', setting])],
    signal,
    again: false,
    like: () => likenessOf(options),
  });
  for await (const run of runs) {
    await checkWhole(run.folder);
    doubts.push(...doubtsOf(run));
  }
  const predictions: Prediction[] = [];
  for (const experiment of experiments) {
    const { scenario, mitigations } = experiment;
    const before = runFolderOf(folder, { scenario, build: 'naive' });
    const after = runFolderOf(folder, { scenario, build: 'naive', with: mitigations });
    predictions.push(...(await validateExperiment(experiment, { before, after })));
  }
  const validation = summary(folder, predictions, options.rate, doubts);
  await writeFile(join(folder, 'validation.json'), `${JSON.stringify(validation, null, 2)}\n`);
  return validation;
}

/** A miss on a machine that had other work proves nothing. */
export function exitCodeOf({ predictions, meanAbsoluteError: { all }, target, doubts }: Validation): number {
  if (all === null || predictions.some(({ orders }) => orders < LEAST_ORDERS)) return EXIT.inconclusive;
  if (all <= target) return EXIT.pass;
  return doubts.length > 0 ? EXIT.inconclusive : EXIT.fail;
}

export function summary(
  folder: string,
  predictions: readonly Prediction[],
  ratePerS: number,
  doubts: Validation['doubts'] = [],
): Validation {
  const mean = (phase?: Prediction['phase']): number | null => {
    const chosen = predictions.filter((each) => phase === undefined || each.phase === phase);
    const errors = chosen.flatMap(({ p50, p95 }) => [p50.errorShare, p95.errorShare]);
    // One that is not known leaves the mean unknown: no data never passes.
    if (errors.length === 0 || errors.includes(null)) return null;
    return errors.reduce<number>((sum, error) => sum + (error ?? 0), 0) / errors.length;
  };
  return validationSchema.parse({
    schema: 1,
    folder,
    ratePerS,
    predictions,
    meanAbsoluteError: { baseline: mean('baseline'), fault: mean('fault'), all: mean() },
    target: TARGET,
    doubts,
  });
}

/** Each scenario without a mitigation once, and with those of each experiment. */
function requestsOf(experiments: readonly Experiment[]): readonly RunRequest[] {
  return experiments.flatMap(({ scenario, mitigations }, index) => {
    const isFirst = experiments.findIndex((each) => each.scenario === scenario) === index;
    const naive = { scenario, build: 'naive' };
    return [...(isFirst ? [naive] : []), { ...naive, with: mitigations }];
  });
}

/** What the run itself says against its times. */
function doubtsOf({ folder, result: { assertions } }: MadeRun): Validation['doubts'] {
  const load = assertions.find(({ id }) => id === 'load-achieved');
  if (load?.verdict === 'pass') return [];
  return [
    { run: basename(folder), because: load?.because ?? 'nothing says whether the load was as planned' },
  ];
}

async function checkWhole(folder: string): Promise<void> {
  const run = await readRunRecord(folder);
  if (run.status !== 'completed')
    throw new UserError(
      `the run ${folder} is ${run.status}: ${run.problem?.message ?? 'it was stopped'}. Remove it and try again.`,
    );
}

function likenessOf({ rate, seed, warmup, baseline, fault, recovery }: Required<HandedOn>): Likeness {
  return { rate, seed, phases: { warmupS: warmup, baselineS: baseline, faultS: fault, recoveryS: recovery } };
}
