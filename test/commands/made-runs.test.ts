import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockRuns } from '../../commands/lib/lock-runs.ts';
import { type MadeRun, madeRuns } from '../../commands/lib/made-runs.ts';
import { judgeFolder, writeReports } from '../../commands/lib/verdict.ts';
import { UserError } from '../../harness/errors.ts';
import { makeRun } from '../evidence/fixture.ts';

const REQUEST = { scenario: 'fixture', build: 'naive' };
/** As the fixture is made. */
const LIKE = { rate: 400 / 70, seed: 1, phases: { warmupS: 0, baselineS: 20, faultS: 30, recoveryS: 20 } };

let folder: string;
let run: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaoscope-made-runs-'));
  run = join(folder, 'fixture-naive');
  const made = await makeRun({ run: { faults: [] } });
  await writeReports(await judgeFolder(made.folder), made.folder);
  renameSync(made.folder, run);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function all(like = LIKE): Promise<readonly MadeRun[]> {
  const found: MadeRun[] = [];
  const options = { options: [], signal: new AbortController().signal, again: false, like: () => like };
  for await (const each of madeRuns(folder, [REQUEST], options)) found.push(each);
  return found;
}

describe('runs that were made before', () => {
  it('are taken when they are like those that are asked for', async () => {
    expect(await all()).toMatchObject([{ folder: run, result: { scenario: 'fixture' } }]);
  });

  it.each([
    ['rate', { ...LIKE, rate: 100 }],
    ['seed', { ...LIKE, seed: 2 }],
    ['warm-up', { ...LIKE, phases: { ...LIKE.phases, warmupS: 3 } }],
    ['phases', { ...LIKE, phases: { ...LIKE.phases, faultS: 10 } }],
  ])('are refused with another %s: a table must not mix them', async (_, like) => {
    await expect(all(like)).rejects.toThrow(UserError);
    await expect(all(like)).rejects.toThrow('Ask for the same, or choose another --out.');
  });

  it('are refused, and stay, when their result cannot be read', async () => {
    writeFileSync(join(run, 'result.json'), '{"schema":');
    await expect(all()).rejects.toThrow(
      `the result of the run ${run} cannot be read: Unexpected end of JSON input`,
    );
    expect(existsSync(join(run, 'evidence', 'ledger.parquet'))).toBe(true);
  });

  it('are left alone while another command makes runs there', async () => {
    const other = await lockRuns(folder);
    await expect(all()).rejects.toThrow(`another command makes runs in ${folder}`);
    await other[Symbol.asyncDispose]();
    expect(await all()).toHaveLength(1);
  });
});
