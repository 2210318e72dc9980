/**
 * `npm run fuzz -- RUN [--cases 500] [--seed 1]`: breaks copies of a real run's folder at random and judges them.
 *
 * To be looked at are a stack trace, and a pass of what was changed: a defect, unless no assertion reads it. Rows that are
 * merely delivered twice may pass.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { untilStopped } from '../../commands/lib/until-stopped.ts';
import { withEvidence } from '../../commands/lib/with-evidence.ts';
import { sealAgain } from '../evidence/seal.ts';
import { fileMutation, rowMutation } from './arbitraries.ts';
import { apply, filesOf, type Mutation } from './mutations.ts';
import { HONEST, judged, looked, type Outcome } from './outcome.ts';

async function main(signal: AbortSignal): Promise<number> {
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
    return await fuzz(run, work, { cases: Number(values.cases), seed: Number(values.seed), signal });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fuzz(
  run: string,
  work: string,
  { cases, seed, signal }: { readonly cases: number; readonly seed: number; readonly signal: AbortSignal },
): Promise<number> {
  const traceId = await firstTrace(run);
  const any = fc.oneof(fileMutation(filesOf(run)), rowMutation);
  let defects = 0;
  const counts = new Map<string, number>();
  for (const mutation of fc.sample(any, { seed, numRuns: cases })) {
    signal.throwIfAborted();
    const folder = join(work, 'run');
    await cp(run, folder, { recursive: true });
    await apply(folder, mutation);
    // Broken rows stand for what a run left: what finds them is the judge, not a checksum.
    if ('table' in mutation) await sealAgain(folder);
    const outcome = await judged(folder);
    const others = await looked(folder, traceId);
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

/** The trace of the first request. */
async function firstTrace(run: string): Promise<string> {
  const rows = await withEvidence(run, (evidence) =>
    evidence.query<{ trace_id: string }>('SELECT trace_id FROM ledger ORDER BY seq LIMIT 1'),
  );
  return rows[0]?.trace_id ?? '';
}

process.exitCode = await untilStopped(main);
