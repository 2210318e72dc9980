import { type PhaseWindow, windowSeries } from '../../analysis/statistics/window-series.ts';
import type { RunRecord } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';
import { openEvidence } from '../../harness/evidence/store.ts';
import { readRunRecord } from '../../harness/run-folder.ts';

/** Seconds without a fault below which a run is no material: its pseudo runs would all be of the same few. */
const LEAST_S = 15;

/** The seconds of a run in which no fault was in force. */
export interface Material {
  readonly folder: string;
  /** By route, in the order of the routes that were asked for; the same seconds in each. */
  readonly series: readonly (readonly PhaseWindow[])[];
}

/**
 * Reads what a run's folder has of them: all measured phases of a run without faults, the first baseline of another.
 * @throws UserError when there are too few, or a route is not known
 */
export async function materialOf(folder: string, routes: readonly string[]): Promise<Material> {
  const run = await readRunRecord(folder);
  const unknown = routes.filter((route) => !run.system.routes.includes(route));
  if (unknown.length > 0)
    throw new UserError(
      `${folder} has no route ${unknown.join(', ')}. It has: ${run.system.routes.join(', ')}.`,
    );
  const evidence = await openEvidence(folder, run, []);
  try {
    const found = await Promise.all(routes.map((route) => windowSeries(evidence, route)));
    const calm = found.map((windows) => windows.filter((window) => isCalm(run, window)));
    const [first = [], ...others] = calm.map((windows) => windows.map(keyOf));
    const common = others.reduce(
      (kept, keys) => new Set(keys.filter((key) => kept.has(key))),
      new Set(first),
    );
    const series = calm.map((windows) => windows.filter((window) => common.has(keyOf(window))));
    if (common.size < LEAST_S)
      throw new UserError(
        `${folder} has ${common.size} seconds without a fault in which all of ${routes.join(', ')} were asked; ${LEAST_S} are needed: make a longer run with --no-fault.`,
      );
    return { folder, series };
  } finally {
    evidence.close();
  }
}

function isCalm({ faults }: RunRecord, { phase, block }: PhaseWindow): boolean {
  return faults.every(({ fromUs }) => fromUs === undefined) || (phase === 'baseline' && block === 0);
}

function keyOf({ phase, block, second }: PhaseWindow): string {
  return `${phase} ${block} ${second}`;
}
