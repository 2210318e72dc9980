/**
 * The long fuzz, a script: breaks copies of a real run's folder at random and judges them.
 *
 *     node test/fuzz/run.ts RUN [--cases 500] [--seed 1]
 *
 * A defect is a stack trace, a pass of a folder that was changed, or one of rows that no run leaves. Rows that are
 * merely delivered twice, or lack what no assertion reads, may pass: those are listed, to be looked at.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { evidenceChecksums } from '../../harness/evidence/checksums.ts';
import { fileMutation, rowMutation } from './arbitraries.ts';
import { apply, filesOf, type Mutation } from './mutations.ts';
import { HONEST, judged, looked, type Outcome } from './outcome.ts';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { cases: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' } },
    allowPositionals: true,
  });
  const [run] = positionals;
  if (run === undefined) {
    process.stderr.write('fuzz: give the folder of a run that passes\n');
    return 2;
  }
  const work = await mkdtemp(join(tmpdir(), 'chaoscope-fuzz-'));
  try {
    return await fuzz(run, work, Number(values.cases), Number(values.seed));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fuzz(run: string, work: string, cases: number, seed: number): Promise<number> {
  const any = fc.oneof(fileMutation(filesOf(run)), rowMutation);
  let defects = 0;
  const counts = new Map<string, number>();
  for (const mutation of fc.sample(any, { seed, numRuns: cases })) {
    const folder = join(work, 'run');
    await cp(run, folder, { recursive: true });
    await apply(folder, mutation);
    // Broken rows stand for what a run left: what finds them is the judge, not a checksum.
    if ('table' in mutation) await seal(folder);
    const outcome = await judged(folder);
    const others = await looked(folder, '0'.repeat(32));
    await rm(folder, { recursive: true });
    const key = `${mutation.kind}: exit code ${outcome.exitCode}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const problem of problemsOf(mutation, outcome, others)) {
      defects += 1;
      process.stdout.write(`${problem}: ${JSON.stringify(mutation)}\n  ${outcome.text.slice(0, 600)}\n`);
    }
  }
  for (const [key, count] of [...counts].sort())
    process.stdout.write(`${String(count).padStart(6)}  ${key}\n`);
  process.stdout.write(`${cases} cases of seed ${seed}, ${defects} to be looked at\n`);
  return defects === 0 ? 0 : 1;
}

function* problemsOf(mutation: Mutation, outcome: Outcome, others: readonly Outcome[]): Generator<string> {
  for (const each of [outcome, ...others])
    if (!HONEST.includes(each.exitCode)) yield `NOT HONEST (${each.exitCode}, ${each.text.slice(0, 300)})`;
  if (outcome.exitCode === 0 && mutation.kind !== 'duplicate-rows') yield 'PASS';
}

async function seal(folder: string): Promise<void> {
  const file = join(folder, 'run.json');
  const record: object = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...record, evidence: await evidenceChecksums(folder) }));
}

process.exitCode = await main();
