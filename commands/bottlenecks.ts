import { join, resolve } from 'node:path';
import { UserError } from '../harness/errors.ts';
import { bottlenecksOf, type Choice } from './lib/bottlenecks-input.ts';
import { bottlenecksText } from './lib/bottlenecks-text.ts';
import type { CommandFile } from './lib/command-file.ts';
import { type Experiment, experiments } from './lib/experiments.ts';
import { repeatable, wholeNumber } from './lib/run-options.ts';
import { untilSignal } from './lib/until-signal.ts';
import { untilStopped } from './lib/until-stopped.ts';
import { exitCodeOf, type ValidateOptions, validate } from './lib/validate.ts';
import { validationText } from './lib/validate-text.ts';

interface Options extends Choice, ValidateOptions {
  readonly json?: true;
  readonly validate?: true;
  readonly mitigation: readonly string[];
  readonly out?: string;
}

/** `chaoscope bottlenecks RUN | TRACE.json`: where the time goes, what to do, and what that would save. */
const bottlenecks: CommandFile = (program, done) => {
  program
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
    .option('--out <dir>', 'validate: folder of the runs; those that are there already are not made again')
    .option('--rate <n>', 'validate: requests per second', wholeNumber(1, 100_000), 150)
    .option('--warmup <s>', 'validate: as for run', wholeNumber(0, 86_400), 3)
    .option('--baseline <s>', 'validate: as for run', wholeNumber(1, 86_400), 8)
    .option('--fault <s>', 'validate: as for run', wholeNumber(1, 86_400), 12)
    .option('--recovery <s>', 'validate: as for run', wholeNumber(1, 86_400), 3)
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
  const width = Math.min(process.stdout.columns ?? 120, 120);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : bottlenecksText(report, width));
}

async function validateAll(options: Options, signal: AbortSignal): Promise<number> {
  const chosen = chosenExperiments(options.mitigation);
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = resolve(options.out ?? join('runs', `${time}-validate`));
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
