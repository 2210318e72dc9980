import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { isErrorCode, UserError } from '../../harness/errors.ts';

/** After which the lock of a process that was killed is nobody's. */
const STALE_MS = 20_000;

/**
 * Keeps other processes from making runs in the folder until it is disposed of: each would take the other's unfinished
 * run for one that was left behind, and remove it.
 * @throws UserError when another one is at work there
 */
export async function lockRuns(folder: string): Promise<AsyncDisposable> {
  const release = await lockfile
    .lock(folder, {
      lockfilePath: join(folder, '.lock'),
      stale: STALE_MS,
      // Taken over while this process was suspended: what it makes is in folders of its own all the same.
      onCompromised: () => undefined,
    })
    .catch((error: unknown) => {
      if (!isErrorCode(error, 'ELOCKED')) throw error;
      throw new UserError(
        `another command makes runs in ${folder}. Wait for it, or choose another --out. Of one that was killed, the lock goes after ${STALE_MS / 1000} s.`,
      );
    });
  return { [Symbol.asyncDispose]: () => release().catch(() => undefined) };
}
