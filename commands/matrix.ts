import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../harness/contracts.ts';
import { EXIT } from '../harness/errors.ts';
import { validate } from '../harness/validate.ts';
import { MATRIX_FAULTS, type MatrixLength, matrixScenario } from '../scenarios/lib/matrix.ts';
import type { CommandFile } from './lib/command-file.ts';
import { lockRuns } from './lib/lock-runs.ts';
import { assemble } from './lib/matrix/assemble.ts';
import { type Evaluated, evaluate } from './lib/matrix/evaluate.ts';
import { makeAll } from './lib/matrix/make-all.ts';
import { madeBefore, makeRun } from './lib/matrix/make-run.ts';
import { buildsOf, type PlannedRun, planMatrix } from './lib/matrix/plan.ts';
import { matrixMarkdown, matrixText } from './lib/matrix/text.ts';
import { prepareTools } from './lib/prepare-tools.ts';
import { addPhaseOptions, type HandedOn, path, wholeNumber } from './lib/run-options.ts';
import { makeRunsFolder, runsFolder } from './lib/runs-folder.ts';
import { scenarios } from './lib/things.ts';
import { untilStopped } from './lib/until-stopped.ts';
import { tableWidth } from './lib/width.ts';

interface MatrixOptions extends Required<HandedOn> {
  readonly scenario: string;
  readonly builds?: string;
  readonly edges?: string;
  readonly faults: string;
  readonly nothing: number;
  readonly limit: number;
  readonly out?: string;
}

const MOST_RUNS = 10_000;

/** `chaoscope matrix`: every edge with every fault, and what becomes of each route. */
const matrix: CommandFile = (program, done) => {
  const command = program
    .command('matrix')
    .description(
      'break every edge in every way, one short run each, and print route x edge x fault -> unaffected, degraded, failed',
    )
    .option('--scenario <name>', 'whose system and habits are used', 'baseline')
    .option('--builds <names>', 'separated by commas (default: all of the system)')
    .option('--edges <ids>', 'separated by commas (default: all of the system)')
    .option('--faults <ids>', 'separated by commas', MATRIX_FAULTS.join(','))
    .option('--nothing <n>', 'runs without a fault, for each build', wholeNumber(1, 100), 3)
    .option(
      '--limit <n>',
      'make at most so many new runs; a later call goes on. 0 = only read what is there',
      wholeNumber(0, MOST_RUNS),
      MOST_RUNS,
    )
    .option('--rate <n>', 'requests per second, the same share for each route', wholeNumber(1, 100_000), 60);
  addPhaseOptions(command, 'as for run', { warmup: 4, baseline: 8, fault: 8, recovery: 5 })
    .option('--seed <n>', 'as for run', wholeNumber(0, 2 ** 31), 1)
    .option('--out <dir>', 'folder of the runs; runs that are there already are not made again', path)
    .action(async (options: MatrixOptions) => {
      const scenario = await scenarios.get(options.scenario);
      const folder = runsFolder(options.out, 'matrix');
      const runs = planMatrix(folder, scenario, choiceOf(scenario, options));
      validate(matrixScenario(scenario, {}, lengthOf(options)), options.scenario);
      done(await untilStopped((signal) => run(folder, scenario, runs, options, signal)));
    });
};

async function run(
  folder: string,
  scenario: Scenario,
  runs: readonly PlannedRun[],
  options: MatrixOptions,
  signal: AbortSignal,
): Promise<number> {
  await makeRunsFolder(folder);
  const length = lengthOf(options);
  const evaluated = new Map<string, Evaluated>();
  const inVain = new Map<string, string>();
  const scenarioOf = ({ cell }: PlannedRun): Scenario => matrixScenario(scenario, cell, length);
  let tools: ReturnType<typeof prepareTools> | undefined;
  const make = (): Promise<number> =>
    makeAll(runs, {
      signal,
      limit: options.limit,
      before: (planned) => madeBefore(planned, scenarioOf(planned)),
      make: async (planned, onLoadEnded, stop) => {
        tools ??= prepareTools(signal);
        return makeRun(planned, {
          scenario: scenarioOf(planned),
          tools: await tools,
          signal: stop,
          onLoadEnded,
        });
      },
      inVain: ({ name }) => inVain.get(name),
      onRun: async (made) => {
        const found = await evaluate(made);
        evaluated.set(made.name, found);
        if (found.calls === 0)
          for (const { name } of sameEdge(runs, made))
            if (!evaluated.has(name)) inVain.set(name, `nobody called ${made.cell.edge} in ${made.name}`);
      },
      print: (line) => process.stderr.write(`${line}\n`),
    });
  // Who only reads may do so while another one makes runs.
  await using _lock = options.limit === 0 ? undefined : await lockRuns(folder);
  const missing = await make();
  const result = assemble({ scenario, length, runs, evaluated, inVain });
  const [json, markdown] = [join(folder, 'matrix.json'), join(folder, 'matrix.md')];
  await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(markdown, matrixMarkdown(result));
  process.stdout.write(`${matrixText(result, tableWidth(120))}\n`);
  process.stdout.write(`\nRuns: ${folder}; table: ${markdown}; data: ${json}\n`);
  if (missing === 0) return EXIT.pass;
  process.stderr.write(
    `${missing} runs are still to be made: the same command with --out ${folder} goes on\n`,
  );
  return EXIT.inconclusive;
}

/** The other runs of the build on the same edge. */
function sameEdge(runs: readonly PlannedRun[], made: PlannedRun): readonly PlannedRun[] {
  return runs.filter(
    ({ build, cell, name }) => build === made.build && cell.edge === made.cell.edge && name !== made.name,
  );
}

function choiceOf(scenario: Scenario, options: MatrixOptions) {
  return {
    builds: listOf(options.builds) ?? buildsOf(scenario),
    edges: listOf(options.edges) ?? scenario.system.edges.map(({ id }) => id),
    faults: listOf(options.faults) ?? [],
    nothing: options.nothing,
    seed: options.seed,
  };
}

function lengthOf({ rate, warmup, baseline, fault, recovery }: MatrixOptions): MatrixLength {
  return { rate, phases: { warmupS: warmup, baselineS: baseline, faultS: fault, recoveryS: recovery } };
}

/** Words separated by commas; undefined for none given. */
function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
}

export default matrix;
