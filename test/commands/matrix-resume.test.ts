import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { madeBefore } from '../../commands/lib/matrix/make-run.ts';
import type { PlannedRun } from '../../commands/lib/matrix/plan.ts';
import type { RunRecord } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';
import baseline from '../../scenarios/baseline.ts';
import { matrixScenario } from '../../scenarios/lib/matrix.ts';
import { type FixtureRun, makeRun } from '../evidence/fixture.ts';

const runs: FixtureRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.remove();
});

/** A folder with a run of the fixture: 400 requests in phases of 20, 30 and 20 s. */
async function folderWith(run: Partial<RunRecord> = {}): Promise<PlannedRun> {
  const made = await makeRun({
    run: { load: { driver: 'vegeta', rate: 6, timeoutMs: 10_000, planned: 420 }, ...run },
  });
  runs.push(made);
  return { build: 'naive', cell: {}, seed: 1, name: 'naive-nothing-1', folder: made.folder };
}

const scenario = (rate: number, faultS = 30) =>
  matrixScenario(baseline, {}, { rate, phases: { warmupS: 0, baselineS: 20, faultS, recoveryS: 20 } });

const problem = { part: 'order-service', message: 'order-service died', logTail: '' };

describe('madeBefore', () => {
  it('finds a run that was completed', async () => {
    expect(await madeBefore(await folderWith(), scenario(6))).toMatchObject({ id: 'fixture' });
  });

  it('counts a run in which a service died, and none in which something else did', async () => {
    const died = await folderWith({ status: 'broken', problem: { ...problem, partKind: 'service' } });
    expect(await madeBefore(died, scenario(6))).toBeDefined();
    const other = await folderWith({ status: 'broken', problem: { ...problem, partKind: 'collector' } });
    expect(await madeBefore(other, scenario(6))).toBeUndefined();
    expect(await madeBefore(await folderWith({ status: 'interrupted' }), scenario(6))).toBeUndefined();
  });

  it('does not count a folder without a record', async () => {
    const run = await folderWith();
    expect(await madeBefore({ ...run, folder: join(run.folder, 'none') }, scenario(6))).toBeUndefined();
    rmSync(join(run.folder, 'run.json'));
    expect(await madeBefore(run, scenario(6))).toBeUndefined();
  });

  it.each(['{"schema": 1, ', '{"schema": 99}'])('refuses a record that cannot be read: %s', async (text) => {
    const run = await folderWith();
    writeFileSync(join(run.folder, 'run.json'), text);
    await expect(madeBefore(run, scenario(6))).rejects.toThrow(
      /run\.json .*read.*\nRemove the folder to have the run made again/s,
    );
  });

  it('refuses to mix runs of another rate, seed or length', async () => {
    const run = await folderWith();
    await expect(madeBefore(run, scenario(60))).rejects.toThrow(UserError);
    await expect(madeBefore({ ...run, seed: 2 }, scenario(6))).rejects.toThrow(UserError);
    await expect(madeBefore(run, scenario(6, 8))).rejects.toThrow('phases of 0 (warm-up), 20, 30 and 20 s');
  });
});
