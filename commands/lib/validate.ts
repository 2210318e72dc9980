import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Result } from '../../harness/contracts.ts';
import { EXIT, messageOf, UserError } from '../../harness/errors.ts';
import { makeFolder } from '../../harness/make-folder.ts';
import { readRunRecord } from '../../harness/run-folder.ts';
import { type Experiment, SETTINGS } from './experiments.ts';
import { type RunRequest, runFolderOf, runOnce } from './run-once.ts';
import { validateExperiment } from './validate-experiment.ts';
import { type Prediction, type Validation, validationSchema } from './validate-schema.ts';

/** Of the time as it is, on average. */
const TARGET = 0.1;
/** Orders below which percentiles say nothing. */
const LEAST_ORDERS = 20;

export interface ValidateOptions {
  readonly rate: number;
  readonly warmup: number;
  readonly baseline: number;
  readonly fault: number;
  readonly recovery: number;
  readonly seed: number;
}

/** Makes the runs that are not there yet, one after the other, and compares what was predicted with what was measured. */
export async function validate(
  folder: string,
  experiments: readonly Experiment[],
  options: ValidateOptions,
  signal: AbortSignal,
): Promise<Validation> {
  await makeFolder(folder).catch((error: unknown) => {
    throw new UserError(
      `the folder ${folder} cannot be made: ${messageOf(error)}. Choose another with --out.`,
    );
  });
  const requests = requestsOf(experiments);
  const doubts: Validation['doubts'] = [];
  let made = 0;
  const startedMs = performance.now();
  for (const [index, request] of requests.entries()) {
    const { result, isNew } = await runOnce(folder, request, argumentsOf(options), signal, false);
    await checkRun(runFolderOf(folder, request), options);
    doubts.push(...doubtsOf(runFolderOf(folder, request), result));
    if (isNew) made += 1;
    const eachMs = made > 0 ? (performance.now() - startedMs) / made : 0;
    const leftMin = Math.round((eachMs * (requests.length - index - 1)) / 60_000);
    process.stderr.write(
      `${index + 1} of ${requests.length}: ${request.scenario}, naive${(request.with ?? []).map((id) => ` with ${id}`).join('')}${isNew ? '' : ' (made before)'}; about ${leftMin} min left\n`,
    );
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
function doubtsOf(folder: string, { assertions }: Result): Validation['doubts'] {
  const load = assertions.find(({ id }) => id === 'load-achieved');
  if (load?.verdict === 'pass') return [];
  return [
    { run: basename(folder), because: load?.because ?? 'nothing says whether the load was as planned' },
  ];
}

function argumentsOf(options: ValidateOptions): readonly string[] {
  const names = ['rate', 'warmup', 'baseline', 'fault', 'recovery', 'seed'] as const;
  return [
    ...names.flatMap((name) => [`--${name}`, String(options[name])]),
    ...SETTINGS.flatMap((setting) => ['--env', setting]),
  ];
}

/** A run that was made before must be like the others, and whole. */
async function checkRun(folder: string, { rate, seed, baseline, fault }: ValidateOptions): Promise<void> {
  const run = await readRunRecord(folder);
  if (run.status !== 'completed')
    throw new UserError(
      `the run ${folder} is ${run.status}: ${run.problem?.message ?? 'it was stopped'}. Remove it and try again.`,
    );
  const lengths = new Map(
    run.phases.map(({ name, startUs, endUs }) => [name, Math.round((endUs - startUs) / 1e6)]),
  );
  const isSame =
    run.load.rate === rate &&
    run.seed === seed &&
    lengths.get('baseline') === baseline &&
    lengths.get('fault') === fault;
  if (!isSame)
    throw new UserError(
      `the run ${folder} was made with another rate, seed, or length of phases (${run.load.rate} requests/s, seed ${run.seed}). Choose another folder with --out, or the same options.`,
    );
}
