/** The harness's side of the keeper: takes a lease, registers what is to be undone, and gives the lease back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { baseEnvironment } from './base-environment.ts';
import { BEAT_S, type KeeperMessage, type LeasedGroup } from './keeper-messages.ts';
import { LEASE_VARIABLE } from './process-scan.ts';

export interface Lease {
  readonly id: string;
  /** To be part of the environment of every process of the run, so that the keeper finds it in any case. */
  readonly environment: Readonly<Record<string, string>>;
  /** Registers a process group, right after its start. */
  addGroup(group: Omit<LeasedGroup, 'kind'>): void;
  /** Forgets a group that has ended. */
  removeGroup(pid: number): void;
  /** Registers a folder to delete, before it is made. */
  addFolder(path: string): void;
  setToxiproxy(url: string): void;
  /** Ends the keeper without any reverting; the caller has cleaned up. Returns a problem when the keeper was gone. */
  release(): Promise<string | undefined>;
}

/** Time for the keeper's Node to start, and to end. */
const KEEPER_MS = 15_000;

/**
 * Starts a keeper and waits until it holds the lease. To be called before anything else is started.
 * `leaseSeconds` is how long it bears the harness's silence; default 30.
 */
export async function takeLease(options: {
  readonly logFile: string;
  readonly leaseSeconds?: number;
}): Promise<Lease> {
  const id = randomBytes(8).toString('hex');
  const seconds = options.leaseSeconds === undefined ? [] : [String(options.leaseSeconds)];
  const script = join(import.meta.dirname, 'keeper.ts');
  // A session of its own, so that a signal to the terminal's processes does not reach it. Its environment carries no
  // lease: it must not find itself.
  const keeper = spawn(process.execPath, [script, id, options.logFile, ...seconds], {
    detached: true,
    env: baseEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Writing to a dead keeper must not bring the harness down; release() tells of it.
  keeper.stdin.on('error', () => undefined);
  const send = (message: KeeperMessage) => {
    if (keeper.stdin.writable) keeper.stdin.write(`${JSON.stringify(message)}\n`);
  };
  await awaitReady(keeper);
  keeper.unref();
  const beat = setInterval(() => send({ kind: 'beat' }), BEAT_S * 1000).unref();
  return {
    id,
    environment: { [LEASE_VARIABLE]: id },
    addGroup: (group) => send({ kind: 'group', ...group }),
    removeGroup: (pid) => send({ kind: 'ended', pid }),
    addFolder: (path) => send({ kind: 'folder', path }),
    setToxiproxy: (url) => send({ kind: 'toxiproxy', url }),
    release: async () => {
      clearInterval(beat);
      if (keeper.exitCode !== null || keeper.signalCode !== null) {
        return `the keeper (process ${keeper.pid}) ended before the run; see ${options.logFile}`;
      }
      keeper.ref();
      const ended = once(keeper, 'exit', { signal: AbortSignal.timeout(KEEPER_MS) });
      send({ kind: 'done' });
      keeper.stdin.end();
      try {
        await ended;
        return undefined;
      } catch {
        keeper.kill('SIGKILL');
        return `the keeper (process ${keeper.pid}) did not end within ${KEEPER_MS / 1000} s and was killed`;
      }
    },
  };
}

async function awaitReady(keeper: ChildProcess): Promise<void> {
  const signal = AbortSignal.timeout(KEEPER_MS);
  if (keeper.stdout === null) throw new Error('the keeper has no standard output');
  try {
    await Promise.race([
      once(keeper.stdout, 'data', { signal }),
      once(keeper, 'exit', { signal }).then(([code]) => {
        throw new Error(`it ended with code ${code}`);
      }),
    ]);
  } catch (error) {
    keeper.kill('SIGKILL');
    const why = signal.aborted ? `not ready within ${KEEPER_MS / 1000} s` : String(error);
    throw new Error(`the keeper, which cleans up when the harness is killed, could not start: ${why}`);
  }
  // Nothing else comes from it, and an open pipe would keep the harness alive.
  keeper.stdout.destroy();
}
