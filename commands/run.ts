import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chooseBuild, mergeEnvironments } from '../harness/build.ts';
import { conduct, type RunOrder } from '../harness/conduct.ts';
import { checkConfigurations } from '../harness/configurations.ts';
import type { BuildRecord, Result, RunRecord, Scenario } from '../harness/contracts.ts';
import { NotRestored, UserError } from '../harness/errors.ts';
import { vegeta } from '../harness/load/vegeta.ts';
import { proxiedPipelineEdges } from '../harness/pipeline.ts';
import { configurationNames } from '../harness/provenance.ts';
import { checkRunFolder, createRunFolder, type RunFolder } from '../harness/run-folder.ts';
import { native } from '../harness/stack/native.ts';
import { validate, warnings } from '../harness/validate.ts';
import { afterFailure } from './lib/after-failure.ts';
import type { CommandFile } from './lib/command-file.ts';
import { EXIT_CODES } from './lib/exit-codes.ts';
import { prepareTools } from './lib/prepare-tools.ts';
import { addRunOptions, adjusted, environments, type RunOptions } from './lib/run-options.ts';
import { RunView } from './lib/run-view.ts';
import { timestamp } from './lib/runs-folder.ts';
import { lintLines } from './lib/sampling/lint.ts';
import { ROOT, scenarios } from './lib/things.ts';
import { untilStopped } from './lib/until-stopped.ts';
import { judgeFolder, showReport, writeReports } from './lib/verdict.ts';

/** `chaoscope run SCENARIO`: the main job, from nothing to a verdict. */
const run: CommandFile = (program, done) => {
  const command = program
    .command('run')
    .description(
      'run a scenario: start the stack, send the load, inject the faults, gather the evidence, judge',
    )
    .argument('<scenario>', 'a name of `chaoscope list`');
  addRunOptions(command)
    .addHelpText('after', EXIT_CODES)
    .action(async (name: string, options: RunOptions) => {
      const scenario = adjusted(await scenarios.get(name), options);
      validate(scenario, name);
      const build = chooseBuild(scenario.system, {
        build: options.build,
        on: options.with,
        off: options.without,
      });
      const given = {
        environment: environments(scenario, options.env),
        collectorConfig: options.collectorConfig,
        jaegerConfig: options.jaegerConfig,
      };
      const collectorConfig = await readable('--collector-config', options.collectorConfig, 'collector.yaml');
      const jaegerConfig = await readable('--jaeger-config', options.jaegerConfig, 'jaeger.yaml');
      await checkConfigurations({ collectorConfig, jaegerConfig }, scenario.configuration);
      const started = new Date();
      const id = `${timestamp(started)}-${name}`;
      const runFolder = resolve(options.out ?? join('runs', id));
      // Now rather than after minutes of building the tools.
      await checkRunFolder(runFolder);
      done(
        await untilStopped(async (signal) => {
          const tools = await prepareTools(signal);
          return runInFolder({
            scenario,
            name,
            id,
            started,
            runFolder,
            collectorConfig,
            jaegerConfig,
            environment: mergeEnvironments(
              build?.environment ?? {},
              scenario.environment ?? {},
              given.environment,
            ),
            ...(build ? { build: build.record } : {}),
            given,
            seed: options.seed,
            applyFaults: !options.noFault,
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

type Order = Omit<RunOrder, 'observer'>;

/** From the folder, which comes last of all that can be refused, to the verdict. */
async function runInFolder(order: Order): Promise<number> {
  const { stackDriver, scenario, collectorConfig, jaegerConfig, portBase, given, signal, runFolder } = order;
  await stackDriver.check({
    system: scenario.system,
    collectorConfig,
    jaegerConfig,
    configurationNames: configurationNames(given, { collectorConfig, jaegerConfig }),
    pipelineEdges: proxiedPipelineEdges(scenario),
    ...(portBase === undefined ? {} : { portBase }),
    signal,
  });
  const folder = await createRunFolder(runFolder);
  const { cleanupProblems } = await conductInView(order, folder);
  try {
    return (await judgeAndReport(runFolder)).exitCode;
  } catch (error) {
    throw cleanupProblems.length > 0 ? new NotRestored(cleanupProblems, error) : error;
  }
}

async function conductInView(order: Order, folder: RunFolder): Promise<RunRecord> {
  const view = new RunView();
  let hasLoad = false;
  view.message(headline(order.scenario, order));
  for (const warning of warnings(order.scenario)) view.message(`warning: ${warning}`);
  try {
    for (const line of await lintLines(order.collectorConfig, order.scenario)) view.message(line);
    return await conduct({
      ...order,
      observer: {
        message: (text) => view.message(text),
        record: (record) => view.record(record),
        phases: (phases) => {
          hasLoad = true;
          view.load(phases, faultTitles(order));
        },
        loadEnded: () => view.end(),
      },
    });
  } catch (error) {
    view.end();
    throw await afterFailure(error, { folder, path: order.runFolder, hasLoad });
  } finally {
    view.end();
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
  order: Pick<RunOrder, 'seed' | 'runFolder' | 'build' | 'applyFaults'>,
): string {
  const { warmupS, baselineS, faultS, recoveryS, blocks = 1 } = phases;
  const times = blocks > 1 ? `, both ${blocks} times` : '';
  return [
    `${title}: ${load.rate} requests/s, seed ${order.seed}${order.build ? `, ${buildText(order.build)}` : ''}`,
    `warm-up ${warmupS} s, baseline ${baselineS} s, fault ${faultS} s${order.applyFaults ? '' : ' without its faults (--no-fault)'}${times}, recovery ${recoveryS} s; then about 15 s until the traces have settled`,
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
