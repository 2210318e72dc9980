import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../harness/contracts.ts';
import { UserError } from '../harness/errors.ts';
import { checkRunFolder, createRunFolder, readRunRecord, writeRunRecord } from '../harness/run-folder.ts';
import { runRecord } from './evidence/fixture/run.ts';
import { HOW } from './reports/results.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-fixture-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** With everything that a record may have. */
const FULL: Required<RunRecord> = {
  ...runRecord(400),
  status: 'broken',
  problem: { part: 'collector', partKind: 'collector', message: 'it died', logTail: 'boom' },
  build: { id: 'resilient', on: ['breaker'], off: ['retry'] },
  how: HOW,
  evidence: { 'ledger.parquet': 'a'.repeat(64) },
  assertions: [{ id: 'load-achieved', options: { minRatePercent: 99, list: [1, null, { a: 'b' }] } }],
  atRest: { ok: false, waitedS: 20, detail: 'stuck' },
  doubts: [{ source: 'archive', what: 'half of it is gone' }],
  notes: ['a scrape failed'],
  missing: { books: 'the database died' },
  cleanupProblems: ['a toxic is left'],
};

const errorOf = async (content: unknown): Promise<unknown> => {
  await writeFile(join(folder, 'run.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return readRunRecord(folder).catch((thrown: unknown) => thrown);
};

describe('run.json', () => {
  it.each([
    ['a small record', runRecord(400)],
    ['a full one', FULL],
  ])('%s is read as it was written', async (_what, run) => {
    await writeRunRecord(folder, run);
    expect(await readRunRecord(folder)).toEqual(run);
  });

  it('of before there were doubts has none', async () => {
    const { doubts: _, ...old } = runRecord(400);
    await writeFile(join(folder, 'run.json'), JSON.stringify(old));
    expect(await readRunRecord(folder)).toMatchObject({ id: 'fixture', doubts: [] });
  });

  it.each<[string, unknown, string]>([
    ['nothing but its schema', { schema: 1 }, 'at phases'],
    ['another schema', { ...runRecord(1), schema: 2 }, 'at schema'],
    ['a text', '"hello"', 'expected object'],
    ['null', 'null', 'expected object'],
    ['a list', '[]', 'expected object'],
    ['half a file', '{"schema": 1, ', 'cannot be read'],
    ['an empty file', '', 'cannot be read'],
    ['phases that are no list', { ...runRecord(1), phases: {} }, 'at phases'],
    [
      'an unknown promise',
      { ...FULL, system: { ...FULL.system, promises: [{ id: 'x' }] } },
      'at system.promises[0]',
    ],
    ['a doubt on no source', { ...FULL, doubts: [{ source: 'rumour', what: 'x' }] }, 'at doubts[0].source'],
    ['a missing thing that is no source', { ...FULL, missing: { rumour: 'x' } }, 'at missing'],
  ])('with %s is an error of the user, with its place', async (_what, content, place) => {
    const error = await errorOf(content);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(join(folder, 'run.json'));
    expect((error as UserError).message).toContain(place);
  });

  it('that is not there: the folder is no run', async () => {
    await expect(readRunRecord(folder)).rejects.toThrow('is no run folder');
  });

  it('of a folder that is not there either', async () => {
    await expect(readRunRecord(join(folder, 'none'))).rejects.toThrow(
      `${join(folder, 'none')} does not exist`,
    );
  });

  it('of before it said how it was made is read', async () => {
    const { how: _how, evidence: _evidence, ...old } = FULL;
    expect(await errorOf(old)).toEqual(old);
  });
});

describe("a run's folder", () => {
  it('that holds a run is not used for another', async () => {
    await writeRunRecord(folder, runRecord(1));
    for (const attempt of [checkRunFolder, createRunFolder])
      await expect(attempt(folder)).rejects.toThrow('already holds a run');
  });

  it('that holds something else is refused, and left as it is', async () => {
    await writeFile(join(folder, 'thesis.txt'), 'years of work');
    for (const attempt of [checkRunFolder, createRunFolder])
      await expect(attempt(folder)).rejects.toThrow(/is not empty and holds no run .*--out/);
    expect(await readdir(folder)).toEqual(['thesis.txt']);
  });

  it('is checked without being made', async () => {
    await checkRunFolder(join(folder, 'a', 'b'));
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken away again with all that was made for it, and no more', async () => {
    await mkdir(join(folder, 'there'));
    const made = await createRunFolder(join(folder, 'there', 'a', 'run'));
    await writeFile(join(folder, 'there', 'a', 'run', 'logs', 'x.log'), 'x');
    await made.remove();
    expect(await readdir(folder, { recursive: true })).toEqual(['there']);
  });

  it('stays with its parent when others are there, and empty when it was', async () => {
    const [first, second] = [join(folder, 'runs', 'a'), join(folder, 'runs', 'b')];
    const made = await createRunFolder(first);
    await mkdir(second);
    await made.remove();
    expect(await readdir(join(folder, 'runs'))).toEqual(['b']);
    await (await createRunFolder(second)).remove();
    expect(await readdir(folder, { recursive: true })).toEqual(['runs', join('runs', 'b')]);
  });

  it.runIf(existsSync('/proc/self'))(
    'that cannot be made is refused at once',
    { timeout: 5000 },
    async () => {
      await expect(createRunFolder('/proc/foo')).rejects.toThrow(
        'the run folder /proc/foo cannot be made: /proc takes no folders. Choose another with --out.',
      );
    },
  );

  it('below a file is refused, with the file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(createRunFolder(join(file, 'a', 'b'))).rejects.toThrow(`${file} is no folder`);
  });
});
