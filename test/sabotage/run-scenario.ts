import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { EXIT } from '../../harness/errors.ts';
import { resultSchema } from '../../harness/result-schema.ts';
import type { Outcome } from './contract.ts';
import { outcomeOf, refusalOf } from './outcome.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Modest and short, so that a dozen of them fit into a test command; the verdicts depend on no rate. The fault is
 * long enough for the breaker to open (3 s after it starts) and to probe, the recovery for more than the 10 s within
 * which it has to close again: with less it would hang on the instant of the last order whether one that stays open
 * is seen for long enough.
 */
const SHORT = ['--rate', '100', '--warmup', '3', '--baseline', '8', '--fault', '14', '--recovery', '12'];

/** How long a run may take to clean up when it is stopped. */
const STOP_MS = 150_000;

/**
 * Runs a scenario as a user does, from the command line, with real parts, into `<folder>/run`; reads what it wrote.
 * Of an option that is given twice the last counts.
 */
export async function startScenario(
  folder: string,
  scenario: string,
  args: readonly string[],
  { signal, onLoadEnded }: { readonly signal?: AbortSignal | undefined; onLoadEnded(): void },
): Promise<Outcome> {
  const out = join(folder, 'run');
  const child = execa(process.execPath, ['cli.ts', 'run', scenario, ...SHORT, '--out', out, ...args], {
    cwd: ROOT,
    reject: false,
    all: true,
    stdin: 'ignore',
    forceKillAfterDelay: STOP_MS,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  for await (const line of child.iterable({ from: 'stderr' }))
    if (line.startsWith('load ended')) onLoadEnded();
  const { exitCode, all } = await child;
  // What a stopped run could not restore must be told; else there is nothing to be told of it.
  if (exitCode !== EXIT.notRestored) signal?.throwIfAborted();
  const text = await readFile(join(out, 'result.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return refusalOf(out, all, exitCode);
  return outcomeOf(out, resultSchema.parse(JSON.parse(text)), exitCode);
}
