import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { pollUntil } from '../../harness/stack/poll.ts';
import { findLeased, listPids, readCommand } from '../../harness/stack/process-scan.ts';

/** A folder that is deleted when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chaoscope-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return folder;
}

/** Starts a script of this folder and returns it with the first line that it prints, parsed. */
export async function startScript<Told>(
  script: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ child: ChildProcess; told: Told }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) return { child, told: JSON.parse(line) };
  }
  throw new Error(`${script} ended before it was up`);
}

/** Resolves when no process of the lease is left, its keeper included. */
export async function untilLeaseIsGone(lease: string, withinMs = 20_000): Promise<void> {
  await pollUntil(
    async () => {
      const left = [...findLeased(lease).keys(), ...findKeepers(lease)];
      return left.length === 0
        ? undefined
        : `left: ${left.map((pid) => readCommand(pid).join(' ')).join('; ')}`;
    },
    { withinMs },
  );
}

/** Pids of the keepers that hold a lease. */
export function findKeepers(lease: string): number[] {
  return listPids().filter((pid) => {
    const command = readCommand(pid);
    return command.includes(lease) && command.some((word) => word.endsWith('keeper.ts'));
  });
}
