/** Programs of the stack that run to their end: initdb, the system's own preparation, a check of a configuration. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Lease } from './lease.ts';
import { type GroupSpec, spawnGroup } from './part.ts';
import { PartError } from './part-error.ts';
import { isGroupAlive, signalGroup, waitWhile } from './process-group.ts';

const KILL_MS = 3_000;

/**
 * Runs a program and resolves when it has ended well. Rejects with a PartError that holds its log tail when it fails or
 * takes too long, and with the signal's reason when that aborts; in each case its whole group is gone by then.
 */
export async function runCommand(
  spec: GroupSpec & { readonly withinMs: number },
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const child = spawnGroup(spec, lease);
  const outcome = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, by) =>
      resolve(code === 0 ? undefined : `ended (${by ?? `exit code ${code}`})`),
    );
  });
  const over = new AbortController();
  const cut = delay(spec.withinMs, `took longer than ${spec.withinMs / 1000} s`, {
    signal: AbortSignal.any([signal, over.signal]),
  }).catch(() => undefined);
  const problem = await Promise.race([outcome, cut]);
  over.abort();
  const { pid } = child;
  if (pid !== undefined) {
    // Also after a good end: it may have left a process behind.
    signalGroup(pid, 'SIGKILL');
    await waitWhile(() => isGroupAlive(pid), KILL_MS);
    lease.removeGroup(pid);
  }
  signal.throwIfAborted();
  if (problem !== undefined) throw new PartError(spec, problem);
}
