/**
 * `npm run sabotage`: breaks the system, the pipeline, the configuration, the evidence and the harness in every way of
 * the catalogue, and says of each whether the verdict caught it. Exit code 1 when one was missed or blamed wrongly.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { failure } from '../../commands/lib/failure.ts';
import { untilStopped } from '../../commands/lib/until-stopped.ts';
import { EXIT, NotRestored, UserError } from '../../harness/errors.ts';
import { type Attempt, attempt, type Workshop } from './attempt.ts';
import { type Entry, entries } from './catalogue.ts';
import { Material } from './material.ts';
import { Runs } from './runs.ts';
import { json, markdown } from './table.ts';

interface Options {
  readonly only?: readonly string[];
  readonly level?: 'evidence' | 'run';
  readonly tested?: true;
  readonly out: string;
  readonly material?: string;
}

const command = new Command('npm run sabotage --')
  .exitOverride()
  .option('--only <ids>', 'these entries of test/sabotage/catalogue, separated by commas', (text) =>
    text.split(','),
  )
  .addOption(
    new Option(
      '--level <level>',
      'those that change evidence (seconds each), or make a run (a minute)',
    ).choices(['evidence', 'run']),
  )
  .option('--tested', 'those of the test command: every one on evidence, and some of the runs')
  .option('--out <dir>', 'where sabotage.md and sabotage.json are written', 'runs/sabotage')
  .option('--material <dir>', 'keep the clean runs there, or use those that are there already');

async function main(options: Options, signal: AbortSignal): Promise<number> {
  const chosen = (await entries(options.only)).filter(
    ({ sabotage }) =>
      (options.level === undefined || sabotage.level === options.level) &&
      (!options.tested || sabotage.level === 'evidence' || sabotage.isTested),
  );
  if (chosen.length === 0)
    throw new UserError('no entry is left: --only, --level and --tested name none in common');
  await mkdir(options.out, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'chaoscope-sabotage-'));
  try {
    const runs = new Runs(signal);
    const material = new Material(resolve(options.material ?? join(folder, 'material')), runs);
    const attempts = await all(chosen, { folder, runs, material }, signal);
    await writeFile(join(options.out, 'sabotage.md'), markdown(attempts));
    await writeFile(join(options.out, 'sabotage.json'), json(attempts));
    process.stdout.write(
      `\n${markdown(attempts)}\nwritten to ${options.out}/sabotage.md and sabotage.json\n`,
    );
    return attempts.every(({ status }) => status === 'caught') ? EXIT.pass : EXIT.fail;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Those on evidence one after the other, then the runs, each of which waits for its turn by itself. */
async function all(
  chosen: readonly Entry[],
  workshop: Workshop,
  signal: AbortSignal,
): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  const note = (done: Attempt): void => {
    attempts.push(done);
    const { id, status, problems, seconds } = done;
    process.stderr.write(
      `${attempts.length}/${chosen.length} ${status}: ${id} (${seconds} s)${problems.map((each) => `\n    ${each}`).join('')}\n`,
    );
  };
  for (const entry of chosen.filter(({ sabotage }) => sabotage.level === 'evidence')) {
    signal.throwIfAborted();
    note(await attempt(entry, workshop));
  }
  const runs = chosen.filter(({ sabotage }) => sabotage.level === 'run');
  await Promise.all(runs.map(async (entry) => note(await attempt(entry, workshop))));
  const notRestored = attempts.filter(({ outcome }) => outcome.exitCode === EXIT.notRestored);
  if (notRestored.length > 0)
    throw new NotRestored(
      notRestored.map(({ id, outcome }) => `${id}: ${outcome.refusal ?? outcome.folder}`),
      signal.reason ?? new UserError('the runs have ended'),
    );
  signal.throwIfAborted();
  const ids = chosen.map(({ id }) => id);
  return attempts.toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
}

try {
  process.exitCode = await untilStopped((signal) => main(command.parse().opts<Options>(), signal));
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.pass : EXIT.usage;
  } else {
    const { text, exitCode } = failure(error);
    process.stderr.write(text);
    process.exitCode = exitCode;
  }
}
