import { type Command, InvalidArgumentError } from 'commander';
import { EXIT, UserError } from '../../../harness/errors.ts';
import { prepareTools } from '../prepare-tools.ts';
import { path, repeatable } from '../run-options.ts';
import { untilStopped } from '../until-stopped.ts';
import { proseWidth } from '../width.ts';
import { variablesOf } from './lint-options.ts';
import { type ReplayReport, replayAll } from './replay.ts';
import { replayText } from './replay-text.ts';

interface ReplayOptions {
  readonly collectorConfig: readonly string[];
  readonly speed: number;
  readonly env: readonly string[];
  readonly out?: string;
  readonly json?: true;
}

/** More would make a table that nobody reads, and labels beyond Z. */
const MOST = 8;

const HELP = `
Exit codes:
  0    every configuration kept what it is predicted to keep
  1    a trace that is not as predicted
  2    wrong usage, or a configuration that the Collector refuses
  3    inconclusive: the replay could not keep its times, or the Collector did not come to rest
  130  interrupted, and cleaned up`;

/** Adds `chaoscope sampling replay RUN`: the recorded spans once more, through Collectors with other configurations. */
export function addReplay(group: Command, done: (exitCode: number) => void): void {
  group
    .command('replay')
    .description("send a run's recorded spans through real Collectors again, and compare what they keep")
    .argument('<run>', "a folder of runs/ with the flight recorder's file")
    .addOption(
      repeatable(
        '--collector-config <file>',
        'a Collector configuration to try; one after the other',
        "the run's own",
      ),
    )
    .option('--speed <n>', 'so many times faster, waits and rates scaled', speed, 1)
    .addOption(repeatable('--env <name=value>', 'a variable of the configurations', 'none'))
    .option('--out <dir>', 'keep the replays there, as folders that `chaoscope query` and `trace` read', path)
    .option('--json', 'print the figures for programs')
    .addHelpText('after', HELP)
    .action(async (folder: string, options: ReplayOptions) => {
      if (options.collectorConfig.length > MOST)
        throw new UserError(
          `--collector-config was given ${options.collectorConfig.length} times; allowed: ${MOST}.`,
        );
      const environment = variablesOf(options.env);
      const { out } = options;
      done(
        await untilStopped(async (signal) => {
          await prepareTools(signal);
          const report = await replayAll({
            runFolder: folder,
            collectorConfigs: options.collectorConfig,
            speed: options.speed,
            environment,
            ...(out === undefined ? {} : { out }),
            signal,
            message: (line) => process.stderr.write(`${line}\n`),
          });
          const width = proseWidth();
          process.stdout.write(
            options.json
              ? `${JSON.stringify({ schema: 1, ...report }, null, 2)}\n`
              : replayText(report, width),
          );
          return exitCodeOf(report);
        }),
      );
    });
}

function exitCodeOf({ replays }: ReplayReport): number {
  if (replays.some(({ doubts }) => doubts.length > 0)) return EXIT.inconclusive;
  return replays.some(({ outcome }) => outcome.disagreements > 0) ? EXIT.fail : EXIT.pass;
}

function speed(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value < 1 || value > 100)
    throw new InvalidArgumentError('Allowed: a number from 1 to 100.');
  return value;
}
