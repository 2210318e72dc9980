import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chooseBuild, mergeEnvironments } from '../harness/build.ts';
import { conduct, type RunOrder } from '../harness/conduct.ts';
import { checkConfigurations } from '../harness/configurations.ts';
import type { BuildRecord, Result, Scenario } from '../harness/contracts.ts';
import { NotRestored, UserError } from '../harness/errors.ts';
import { vegeta } from '../harness/load/vegeta.ts';
import { createRunFolder } from '../harness/run-folder.ts';
import { native } from '../harness/stack/native.ts';
import { validate } from '../harness/validate.ts';
import type { CommandFile } from './lib/command-file.ts';
import { prepareTools } from './lib/prepare-tools.ts';
import { adjusted, collect, environments, type RunOptions, wholeNumber } from './lib/run-options.ts';
import { RunView } from './lib/run-view.ts';
import { ROOT, scenarios } from './lib/things.ts';
import { untilStopped } from './lib/until-stopped.ts';
import { judgeFolder, showReport, writeReports } from './lib/verdict.ts';

/** `chaoscope run SCENARIO`: the main job, from nothing to a verdict. */
const run: CommandFile = (program, done) => {
  program
    .command('run')
    .description(
      'run a scenario: start the stack, send the load, inject the faults, gather the evidence, judge',
    )
    .argument('<scenario>', 'a name of `chaoscope list`')
    .option('--rate <n>', 'requests per second', wholeNumber(1, 100_000))
    .option('--warmup <s>', 'seconds of rising load before the baseline', wholeNumber(0, 86_400))
    .option('--baseline <s>', 'seconds before the fault', wholeNumber(1, 86_400))
    .option('--fault <s>', 'seconds under the fault', wholeNumber(1, 86_400))
    .option('--recovery <s>', 'seconds after the fault', wholeNumber(1, 86_400))
    .option('--seed <n>', 'same seed, same requests and trace ids', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--out <dir>', 'the run folder (default: runs/<time>-<scenario>)')
    .option('--collector-config <file>', 'your own Collector configuration (default: config/collector.yaml)')
    .option('--jaeger-config <file>', 'your own Jaeger configuration (default: config/jaeger.yaml)')
    .option('--no-fault', 'the same run without its faults: never passes, shows what the rest looks like')
    .option(
      '--port-base <n>',
      'first of the consecutive ports to use (default: free ones)',
      wholeNumber(10_081, 65_000),
    )
    .option('--build <name>', 'a build of the system, such as naive (default: its first)')
    .option(
      '--with <mitigation>',
      'switch a mitigation on that the build does not have; repeatable',
      collect,
      [],
    )
    .option(
      '--without <mitigation>',
      'switch a mitigation off, to see what it is worth; repeatable',
      collect,
      [],
    )
    .option('--env <service:name=value>', 'set an environment variable of a service; repeatable', collect, [])
    .action(async (name: string, options: RunOptions) => {
      const scenario = adjusted(await scenarios.get(name), options);
      validate(scenario, name);
      const build = chooseBuild(scenario.system, {
        build: options.build,
        on: options.with,
        off: options.without,
      });
      const environment = mergeEnvironments(
        build?.environment ?? {},
        scenario.environment ?? {},
        environments(scenario, options.env),
      );
      const collectorConfig = await readable('--collector-config', options.collectorConfig, 'collector.yaml');
      const jaegerConfig = await readable('--jaeger-config', options.jaegerConfig, 'jaeger.yaml');
      await checkConfigurations({ collectorConfig, jaegerConfig });
      const started = new Date();
      const id = `${started.toISOString().slice(0, 19).replaceAll(':', '-')}-${name}`;
      const runFolder = resolve(options.out ?? join('runs', id));
      done(
        await untilStopped(async (signal) => {
          // The folder comes last of all that can be refused, and first of what is made.
          const tools = await prepareTools(signal);
          await createRunFolder(runFolder);
          return runAndJudge({
            scenario,
            name,
            id,
            started,
            runFolder,
            collectorConfig,
            jaegerConfig,
            environment,
            ...(build ? { build: build.record } : {}),
            seed: options.seed,
            applyFaults: options.fault !== false,
            ...(options.portBase === undefined ? {} : { portBase: options.portBase }),
            stackDriver: native,
            loadDriver: (stack) =>
              vegeta(tools.vegeta.path, { PATH: process.env['PATH'] ?? '', ...stack.environment }),
            tools: { vegeta: tools.vegeta.version },
            signal,
          });
        }),
      );
    });
};

async function runAndJudge(order: Omit<RunOrder, 'observer'>): Promise<number> {
  const view = new RunView();
  view.message(headline(order.scenario, order));
  let cleanupProblems: readonly string[];
  try {
    ({ cleanupProblems } = await conduct({
      ...order,
      observer: {
        message: (text) => view.message(text),
        record: (record) => view.record(record),
        phases: (phases) => view.load(phases, faultTitles(order)),
        loadEnded: () => view.end(),
      },
    }));
  } finally {
    view.end();
  }
  try {
    return (await judgeAndReport(order.runFolder)).exitCode;
  } catch (error) {
    throw cleanupProblems.length > 0 ? new NotRestored(cleanupProblems, error) : error;
  }
}

async function judgeAndReport(runFolder: string): Promise<Result> {
  const result = await judgeFolder(runFolder);
  await writeReports(result, runFolder);
  await showReport(result, 'terminal');
  return result;
}

function headline(
  { title, load, phases }: Scenario,
  order: Pick<RunOrder, 'seed' | 'runFolder' | 'build'>,
): string {
  const { warmupS, baselineS, faultS, recoveryS } = phases;
  return [
    `${title}: ${load.rate} requests/s, seed ${order.seed}${order.build ? `, ${buildText(order.build)}` : ''}`,
    `warm-up ${warmupS} s, baseline ${baselineS} s, fault ${faultS} s, recovery ${recoveryS} s; then about 15 s until the traces have settled`,
    `run folder: ${order.runFolder}`,
  ].join('\n');
}

function buildText({ id, off, on }: BuildRecord): string {
  const less = off.length > 0 && on.length > 0 ? ` without ${off.join(', ')}` : '';
  return `build ${id}${less}`;
}

function faultTitles({ scenario, applyFaults }: Pick<RunOrder, 'scenario' | 'applyFaults'>): string {
  if (!applyFaults) return 'no fault (--no-fault)';
  if (scenario.faults.length === 0) return 'no fault';
  return scenario.faults.map(({ on, fault }) => `${fault.title} on ${on}`).join(', ');
}

async function readable(option: string, file: string | undefined, shipped: string): Promise<string> {
  if (file === undefined) return join(ROOT, 'config', shipped);
  const path = resolve(file);
  const isFile = await access(path, constants.R_OK)
    .then(() => stat(path))
    .then(
      (found) => found.isFile(),
      () => false,
    );
  if (isFile) return path;
  throw new UserError(
    `${option}: ${path} is no readable file. Leave the option out to use config/${shipped}.`,
  );
}

export default run;
