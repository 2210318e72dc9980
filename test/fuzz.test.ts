import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { evidenceChecksums } from '../harness/evidence/checksums.ts';
import { type FixtureRun, makeRun, traceIdOf } from './evidence/fixture.ts';
import { fileMutation, rowMutation } from './fuzz/arbitraries.ts';
import { apply, filesOf, type Mutation } from './fuzz/mutations.ts';
import { HONEST, judged, looked, type Outcome } from './fuzz/outcome.ts';

/** The long fuzz is `npm run fuzz`. */
const CASES = 15;
const SEED = 20261125;

let work: string;
let run: FixtureRun;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'chaoscope-fuzz-test-'));
  run = await makeRun();
  const assertions = [
    { id: 'parts-stayed-up', options: {} },
    { id: 'load-achieved', options: {} },
    { id: 'every-error-kept', options: {} },
    { id: 'traces-unbroken', options: {} },
  ];
  const faults = run.run.faults.map((fault) => ({ ...fault, parameters: { latencyMs: 3750 } }));
  const evidence = await evidenceChecksums(run.folder);
  writeFileSync(join(run.folder, 'run.json'), JSON.stringify({ ...run.run, faults, assertions, evidence }));
});

afterAll(() => {
  run.remove();
  rmSync(work, { recursive: true, force: true });
});

/** What is said of a copy of the run that is broken in this way. */
async function broken(mutation: Mutation): Promise<readonly [judge: Outcome, ...others: Outcome[]]> {
  const folder = join(work, 'run');
  rmSync(folder, { recursive: true, force: true });
  cpSync(run.folder, folder, { recursive: true });
  await apply(folder, mutation);
  return [await judged(folder), ...(await looked(folder, traceIdOf(0)))];
}

function check([judge, ...others]: readonly [Outcome, ...Outcome[]]): Outcome {
  for (const { exitCode, text } of [judge, ...others]) {
    expect(HONEST, text).toContain(exitCode);
    expect(text).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect(text.trim()).not.toBe('');
  }
  return judge;
}

it('the run passes as it is', async () => {
  expect(await judged(run.folder)).toMatchObject({ exitCode: 0, text: 'all 4 assertions hold' });
});

it('a broken file is refused or believed by nobody who needs it', { timeout: 120_000 }, async () => {
  const files = filesOf(run.folder).filter((file) => !file.endsWith('.json'));
  await fc.assert(
    fc.asyncProperty(fileMutation(files), async (mutation) => {
      const { result } = check(await broken(mutation));
      // Nothing of these assertions rests on books or timeline; all else is needed by one that must not pass then.
      const needed = [
        mutation.kind === 'swap' ? mutation.other : '',
        'file' in mutation ? mutation.file : '',
      ].some((file) => /ledger|recording|archive|gauges/.test(file));
      if (needed && result) expect(result.verdict).not.toBe('pass');
    }),
    { seed: SEED, numRuns: CASES },
  );
});

it('rows that were changed since the run never pass', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(rowMutation, async (mutation) => {
      const { result } = check(await broken(mutation));
      if (result && 'table' in mutation && mutation.table !== 'timeline')
        expect(result.verdict).not.toBe('pass');
    }),
    { seed: SEED, numRuns: CASES },
  );
});

it('a record of the run that is cut anywhere is refused with one message', async () => {
  const text = readFileSync(join(run.folder, 'run.json'), 'utf8');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (length) => {
      const folder = join(work, 'cut');
      cpSync(run.folder, folder, { recursive: true });
      writeFileSync(join(folder, 'run.json'), text.slice(0, length));
      const { exitCode, text: message } = await judged(folder);
      expect(exitCode).toBe(2);
      expect(message).toContain('run.json');
    }),
    { seed: SEED, numRuns: CASES },
  );
});
