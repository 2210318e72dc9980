import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Result } from '../../harness/contracts.ts';
import { newFolder } from './folders.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Modest and short, so that a dozen of them fit into a test command; the verdicts depend on no rate. The fault is
 * long enough for the breaker to open (3 s after it starts) and to probe, the recovery for it to close again.
 */
export const SHORT = [
  '--rate',
  '100',
  '--warmup',
  '3',
  '--baseline',
  '8',
  '--fault',
  '14',
  '--recovery',
  '10',
];

export interface Outcome {
  readonly folder: string;
  readonly exitCode: number | undefined;
  readonly result: Result;
  /** Verdict by assertion id, only those that did not pass. */
  readonly notPassed: Readonly<Record<string, string>>;
  readonly stages: readonly string[];
}

/** Runs a scenario as a user does, from the command line, with real parts; reads what it wrote. */
export async function runScenario(scenario: string, ...args: readonly string[]): Promise<Outcome> {
  const folder = join(await newFolder(), 'run');
  const { exitCode, all } = await execa(
    process.execPath,
    ['cli.ts', 'run', scenario, ...SHORT, '--out', folder, ...args],
    { cwd: ROOT, reject: false, all: true, stdin: 'ignore' },
  );
  try {
    return outcome(folder, exitCode, JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')));
  } catch {
    throw new Error(`the run left no result (exit code ${exitCode}):\n${all}`);
  }
}

export function outcome(folder: string, exitCode: number | undefined, result: Result): Outcome {
  const notPassed = result.assertions.filter(({ verdict }) => verdict !== 'pass');
  return {
    folder,
    exitCode,
    result,
    notPassed: Object.fromEntries(notPassed.map(({ id, verdict }) => [id, verdict])),
    stages: [...new Set(result.lost.map(({ stage }) => stage))].sort(),
  };
}
