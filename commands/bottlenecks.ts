import type { Choice } from '../analysis/bottlenecks/lib/run-traces.ts';
import { UserError } from '../harness/errors.ts';
import { bottlenecksOf } from './lib/bottlenecks/input.ts';
import { bottlenecksText } from './lib/bottlenecks/text.ts';
import { type Experiment, experiments } from './lib/bottlenecks/validation/experiments.ts';
import { validationText } from './lib/bottlenecks/validation/text.ts';
import { exitCodeOf, validate } from './lib/bottlenecks/validation/validate.ts';
import type { CommandFile } from './lib/command-file.ts';
import { addPhaseOptions, type HandedOn, path, repeatable, wholeNumber } from './lib/run-options.ts';
import { runsFolder } from './lib/runs-folder.ts';
import { untilSignal } from './lib/until-signal.ts';
import { untilStopped } from './lib/until-stopped.ts';
import { proseWidth } from './lib/width.ts';

interface Options extends Choice, Required<HandedOn> {
  readonly json?: true;
  readonly validate?: true;
  readonly mitigation: readonly string[];
  readonly out?: string;
}

/**
 * Of the runs of --validate, in seconds. The warm-up is long: for their first hundreds of orders the services compile their
 * code, and how far that is differs between two equal runs by more than some mitigations save.
 */
const USUAL_PHASES = { warmup: 30, baseline: 20, fault: 15, recovery: 3 };

/** `chaoscope bottlenecks RUN | TRACE.json`: where the time goes, what to do, and what that would save. */
const bottlenecks: CommandFile = (program, done) => {
  const command = program
    .command('bottlenecks')
    .description('say where the time of traces goes, what to do about it, and what that would save')
    .argument(
      '[input]',
      'a folder of runs/, or a file: OTLP JSON, Jaeger API v3 JSON, a download of the Jaeger UI',
    )
    .option('--route <name>', 'only this route of the run, or this name of the root span')
    .option('--phase <name>', 'only requests of this phase of the run')
    .option('--json', 'print JSON')
    .option('--validate', 'predict from naive runs what mitigations save, then run with them and compare')
    .addOption(repeatable('--mitigation <name>', 'validate: only experiments with this one', 'all'))
    .option(
      '--out <dir>',
      'validate: folder of the runs; those that are there already are not made again',
      path,
    )
    .option('--rate <n>', 'validate: requests per second', wholeNumber(1, 100_000), 150);
  addPhaseOptions(command, 'validate: as for run', USUAL_PHASES)
    .option('--seed <n>', 'validate: as for run', wholeNumber(0, 2 ** 32 - 1), 1)
    .action(async (input: string | undefined, options: Options) => {
      if ((input === undefined) !== (options.validate === true))
        throw new UserError(
          'bottlenecks takes either the folder of a run or a file with traces, or --validate',
        );
      if (input !== undefined) await analyse(input, options);
      else done(await untilStopped((signal) => validateAll(options, signal)));
    });
};

async function analyse(input: string, { route, phase, json }: Options): Promise<void> {
  const choice = { ...(route === undefined ? {} : { route }), ...(phase === undefined ? {} : { phase }) };
  const report = await untilSignal(() => bottlenecksOf(input, choice));
  const width = proseWidth();
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : bottlenecksText(report, width));
}

async function validateAll(options: Options, signal: AbortSignal): Promise<number> {
  const chosen = chosenExperiments(options.mitigation);
  const folder = runsFolder(options.out, 'validate');
  const validation = await validate(folder, chosen, options, signal);
  process.stdout.write(
    options.json ? `${JSON.stringify(validation, null, 2)}\n` : validationText(validation),
  );
  return exitCodeOf(validation);
}

function chosenExperiments(wanted: readonly string[]): readonly Experiment[] {
  const known = [...new Set(experiments.flatMap(({ mitigations }) => mitigations))];
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0)
    throw new UserError(
      `--mitigation '${unknown.join("', '")}': what it saves is not predicted. There are: ${known.join(', ')}.`,
    );
  return wanted.length === 0
    ? experiments
    : experiments.filter(({ mitigations }) => mitigations.some((id) => wanted.includes(id)));
}

export default bottlenecks;
