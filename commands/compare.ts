import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../harness/contracts.ts';
import { EXIT, UserError } from '../harness/errors.ts';
import type { CommandFile } from './lib/command-file.ts';
import { type Cell, comparisonTable, isAsExpected, mitigationTable } from './lib/comparison.ts';
import type { Likeness } from './lib/made-alike.ts';
import { type MadeRunsOptions, madeRuns } from './lib/made-runs.ts';
import type { RunRequest } from './lib/run-once.ts';
import {
  addPhaseOptions,
  type HandedOn,
  path,
  repeatable,
  runArguments,
  wholeNumber,
} from './lib/run-options.ts';
import { runsFolder } from './lib/runs-folder.ts';
import { scenarios } from './lib/things.ts';
import { untilStopped } from './lib/until-stopped.ts';

interface CompareOptions extends HandedOn {
  readonly scenario: readonly string[];
  readonly build: readonly string[];
  readonly mitigations: boolean;
  readonly again: boolean;
  readonly out?: string;
}

/** `chaoscope compare`: each scenario with each build, and each mitigation left out where its worth shows. */
const compare: CommandFile = (program, done) => {
  const command = program
    .command('compare')
    .description(
      'run scenarios with every build, one run after the other, and print scenario x build -> verdict',
    )
    .addOption(repeatable('--scenario <name>', 'only this scenario', 'all'))
    .addOption(repeatable('--build <name>', 'only this build', 'all of the system'))
    .option(
      '--mitigations',
      'also leave each mitigation out, in the scenario that shows what it is worth',
      false,
    )
    .option('--out <dir>', 'folder of the runs; runs that are there already are not made again', path)
    .option(
      '--again',
      'judge the runs that are there already once more, by the assertions as they are now',
      false,
    )
    .option('--rate <n>', 'requests per second (default: of each scenario)', wholeNumber(1, 100_000));
  addPhaseOptions(command, 'as for run')
    .option('--seed <n>', 'as for run', wholeNumber(0, 2 ** 32 - 1), 1)
    .action(async (options: CompareOptions) => {
      const ids = options.scenario.length > 0 ? options.scenario : await scenarios.ids();
      const chosen = await Promise.all(ids.map(async (id) => [id, await scenarios.get(id)] as const));
      const folder = runsFolder(options.out, 'compare');
      const requests = [
        ...chosen.flatMap(([id, scenario]) => buildRequests(id, scenario, options.build)),
        ...(options.mitigations ? mitigationRequests(chosen) : []),
      ];
      if (requests.length === 0)
        throw new UserError('there is nothing to run: no build and no mitigation fits');
      const scenarioOf = new Map(chosen);
      const like = ({ scenario: id }: RunRequest): Likeness => {
        const scenario = scenarioOf.get(id);
        if (scenario === undefined) throw new Error(`no scenario ${id} was chosen`);
        return likenessOf(scenario, options);
      };
      done(await untilStopped((signal) => runAll(folder, requests, { ...options, like }, signal)));
    });
};

function buildRequests(id: string, { system }: Scenario, wanted: readonly string[]): readonly RunRequest[] {
  const known = system.builds?.map((build) => build.id) ?? [];
  const unknown = wanted.filter((build) => !known.includes(build));
  if (unknown.length > 0)
    throw new UserError(
      `${system.name} has no build '${unknown.join("', '")}'. It has: ${known.join(', ')}.`,
    );
  return (wanted.length > 0 ? wanted : known).map((build) => ({
    scenario: id,
    build,
    mustPass: build === known[0],
  }));
}

function mitigationRequests(chosen: readonly (readonly [string, Scenario])[]): readonly RunRequest[] {
  return chosen.flatMap(([id, { system }]) =>
    (system.mitigations ?? [])
      .filter(({ shownBy }) => shownBy.scenario === id)
      .map((mitigation) => ({
        scenario: id,
        without: mitigation.id,
        turnsRed: mitigation.shownBy.turnsRed,
      })),
  );
}

/** What the runs of a scenario have in common; what is not said is the scenario's own. */
function likenessOf({ load, phases }: Scenario, options: HandedOn): Likeness {
  return {
    rate: options.rate ?? load.rate,
    seed: options.seed,
    phases: {
      warmupS: options.warmup ?? phases.warmupS,
      baselineS: options.baseline ?? phases.baselineS,
      faultS: options.fault ?? phases.faultS,
      recoveryS: options.recovery ?? phases.recoveryS,
    },
  };
}

async function runAll(
  folder: string,
  requests: readonly RunRequest[],
  options: CompareOptions & Pick<MadeRunsOptions, 'like'>,
  signal: AbortSignal,
): Promise<number> {
  const cells: Cell[] = [];
  const { again, like } = options;
  for await (const { request, result } of madeRuns(folder, requests, {
    options: runArguments(options),
    signal,
    again,
    like,
  }))
    cells.push({ ...request, result });
  const text = [comparisonTable(cells), mitigationTable(cells)].filter((table) => table !== '').join('\n\n');
  await writeFile(join(folder, 'table.md'), `${text}\n`);
  process.stdout.write(`${text}\n\nRuns and table: ${folder}\n`);
  return cells.every(isAsExpected) ? EXIT.pass : EXIT.fail;
}

export default compare;
