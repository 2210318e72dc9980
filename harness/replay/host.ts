/** What replays that follow each other share: the keeper, the clean-up, the temporary folder. */
import { rm } from 'node:fs/promises';
import { Cleanup } from '../cleanup.ts';
import { NotRestored } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { type Lease, takeLease } from '../stack/lease.ts';
import { leasedFolder } from '../temporary-names.ts';

export interface ReplayHost {
  readonly lease: Lease;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
  /** For what is deleted at the end. */
  readonly folder: string;
}

const STOP_MS = 60_000;

/**
 * Does something with a keeper standing by, which undoes all of it even when this process is killed; then cleans up, whatever
 * came of it.
 * @throws NotRestored when not all could be cleaned up; else what `action` threw, or the signal's reason when that aborted
 */
export async function withReplayHost<Outcome>(
  signal: AbortSignal,
  action: (host: ReplayHost) => Promise<Outcome>,
): Promise<Outcome> {
  signal.throwIfAborted();
  const cleanup = new Cleanup();
  const lease = await takeLease({ logFile: '/dev/null' });
  const folder = leasedFolder(lease.id);
  lease.addFolder(folder);
  cleanup.register('keeper', () => released(lease), STOP_MS);
  cleanup.register(`folder ${folder}`, () => rm(folder, { recursive: true, force: true }), STOP_MS);
  let outcome: Outcome;
  try {
    await makeFolder(folder);
    outcome = await action({ lease, cleanup, signal, folder });
  } catch (thrown) {
    const error: unknown = signal.aborted ? signal.reason : thrown;
    const problems = await cleanup.run();
    throw problems.length > 0 ? new NotRestored(problems, error) : error;
  }
  const problems = await cleanup.run();
  if (problems.length > 0) throw new NotRestored(problems, new Error('the replay has ended'));
  return outcome;
}

async function released(lease: Lease): Promise<void> {
  const problem = await lease.release();
  if (problem !== undefined) throw new Error(problem);
}
