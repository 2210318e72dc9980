/**
 * `npm run bench:false-alarms -- FOLDER…`: how often cascade-contained is wrong. Takes the folders of runs without a fault
 * (`chaoscope run baseline`, or any scenario with --no-fault; of other runs their baseline), makes thousands of pseudo runs
 * of their seconds, and prints how many of them fail though nothing happened (false alarms), how many pass though a route
 * is just beyond its margin (false passes), and what becomes of larger slowdowns and failures (power).
 */
import { parseArgs } from 'node:util';
import { seeded } from '../analysis/statistics/random.ts';
import { medianOf, overAll, timesOf } from '../analysis/statistics/series.ts';
import type { Verdict } from '../harness/contracts.ts';
import { UserError } from '../harness/errors.ts';
import { type Material, materialOf } from './lib/material.ts';
import { failing, type Lengths, nothing, type Plant, pseudoRun, slower } from './lib/pseudo-runs.ts';
import { boundsFor, type PseudoVerdict, verdictOf } from './lib/pseudo-verdict.ts';
import { print } from './lib/table.ts';

const USAGE =
  'npm run bench:false-alarms -- FOLDER… [--routes product-list,product-page] [--phases 8,14,10] [--times 1000] [--seed 1] [--confidence 95]';

interface Effect {
  readonly planted: string;
  /** In the fault phase of the first route, which in this material is so fast. */
  plantOf(medianUs: number): Plant;
}

async function main(args: readonly string[]): Promise<number> {
  const { folders, routes, lengths, times, seed, confidence } = argumentsOf(args);
  const materials: Material[] = [];
  for (const folder of folders) materials.push(await materialOf(folder, routes));
  const bounds = boundsFor(routes, confidence);
  const { factor, marginMs, goodMarginPoints } = bounds;
  const seconds = materials.reduce((sum, { series }) => sum + (series[0]?.length ?? 0), 0);
  process.stdout.write(
    `${materials.length} run(s), ${seconds} s without a fault; ${times} pseudo runs each line, phases ${Object.values(lengths).join(' + ')} s, confidence ${confidence} %\n`,
  );
  const limit = (medianUs: number) => medianUs * factor + marginMs * 1000;
  const effects: Effect[] = [
    { planted: 'nothing (A/A)', plantOf: () => nothing },
    ...[0.5, 1, 1.25, 1.5, 2, 4].map((part) => ({
      planted: `${routes[0]} at ${part} x the allowed time`,
      plantOf: (medianUs: number) => slower((part * limit(medianUs)) / medianUs),
    })),
    ...[0.5, 1, 2, 4, 10].map((part) => ({
      planted: `${routes[0]} fails ${part * goodMarginPoints} % (allowed ${goodMarginPoints} %)`,
      plantOf: () => failing((part * goodMarginPoints) / 100),
    })),
  ];
  const rows = effects.map(({ planted, plantOf }, index) => {
    const random = seeded(seed + index);
    const verdicts: PseudoVerdict[] = [];
    for (let time = 0; time < times; time++) {
      const { series } = materials[time % materials.length] ?? { series: [] };
      const times99 = timesOf(series[0] ?? [], 'p99');
      const plant = plantOf(overAll(medianOf(times99), times99.length));
      const windows = pseudoRun(series, lengths, (route) => (route === 0 ? plant : nothing), random);
      verdicts.push(verdictOf(routes, windows, lengths, time, bounds));
    }
    const share = (of: keyof PseudoVerdict, verdict: Verdict): string =>
      `${((100 * verdicts.filter((each) => each[of] === verdict).length) / times).toFixed(1)} %`;
    return {
      planted,
      pass: share('whole', 'pass'),
      inconclusive: share('whole', 'inconclusive'),
      fail: share('whole', 'fail'),
      'fail by the comparison alone': share('comparison', 'fail'),
    };
  });
  print('Verdicts of cascade-contained', rows);
  return 0;
}

function argumentsOf(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      routes: { type: 'string', default: 'product-list,product-page' },
      phases: { type: 'string', default: '8,14,10' },
      times: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      confidence: { type: 'string', default: '95' },
    },
  });
  if (positionals.length === 0) throw new UserError(`no run folder is given. Usage: ${USAGE}`);
  const [baseline, fault, recovery, ...more] = values.phases
    .split(',')
    .map((text) => whole('--phases', text));
  if (baseline === undefined || fault === undefined || recovery === undefined || more.length > 0)
    throw new UserError(
      `--phases is '${values.phases}'; allowed: three lengths in seconds, such as 8,14,10.`,
    );
  const lengths: Lengths = { baseline, fault, recovery };
  return {
    folders: positionals,
    routes: values.routes.split(','),
    lengths,
    times: whole('--times', values.times),
    seed: whole('--seed', values.seed),
    confidence: whole('--confidence', values.confidence),
  };
}

function whole(option: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UserError(`${option} is '${text}'; allowed: a whole number from 1 on. Usage: ${USAGE}`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
