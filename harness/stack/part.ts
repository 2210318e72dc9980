/** One long-running part of the stack: started in a process group of its own, awaited, watched, and stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Part, PartDeath, PartKind } from '../contracts.ts';
import type { Lease } from './lease.ts';
import { logTail } from './log-tail.ts';
import { PartError } from './part-error.ts';
import { type Probe, pollUntil } from './poll.ts';
import { isGroupAlive, signalGroup, waitWhile } from './process-group.ts';

/** How to start, await and stop a part. */
export interface PartSpec {
  readonly name: string;
  readonly kind: PartKind;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly logFile: string;
  /** Runs it as this user instead of the harness's own. */
  readonly user?: User;
  readonly ready: Probe;
  readonly readyWithinMs: number;
  /** Asks it to end in an orderly way; default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  readonly stopWithinMs: number;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface RunningPart extends Part {
  /** Resolves when it answers; rejects with a PartError, or with the signal's reason. */
  untilReady(signal: AbortSignal): Promise<void>;
  /**
   * Ends it: the stop signal, and SIGKILL to its whole group when that is not enough. Returns how it had to be ended when
   * not in time (`killed`) and rejects when it lives on. May be called again.
   */
  stop(): Promise<'ended' | 'killed'>;
  /** Ends its whole group at once, as a crash would; it counts as no death. Rejects when it lives on. May be called again. */
  kill(): Promise<void>;
  /** Whether its process has not ended. */
  isUp(): boolean;
}

const KILL_MS = 3_000;

/**
 * Starts a part. `onDeath` is called at most once, when it ends though `stop` was not called; a program that cannot be
 * started at all dies that way too.
 */
export function spawnPart(spec: PartSpec, lease: Lease, onDeath: (death: PartDeath) => void): RunningPart {
  const child = spawnGroup(spec, lease);
  const pid = child.pid ?? 0;
  const part: Part = { name: spec.name, kind: spec.kind, pid, logFile: spec.logFile };
  const ended = new AbortController();
  let isStopping = false;

  const settle = (how: string) => {
    if (ended.signal.aborted) return;
    lease.removeGroup(pid);
    ended.abort(new PartError(part, `ended (${how})`));
    if (!isStopping) onDeath({ part, how, logTail: logTail(spec.logFile) });
  };
  child.once('exit', (code, signal) => settle(signal === null ? `exit code ${code}` : `signal ${signal}`));
  child.once('error', (error) => settle(error.message));

  const isAlive = () => !ended.signal.aborted || isGroupAlive(pid);
  const kill = async () => {
    isStopping = true;
    if (pid === 0) return;
    signalGroup(pid, 'SIGKILL');
    if (await waitWhile(isAlive, KILL_MS)) return;
    throw new Error(`${spec.name} (process group ${pid}) does not end, not even by SIGKILL`);
  };

  return {
    ...part,
    kill,
    isUp: () => !ended.signal.aborted,
    untilReady: async (signal) => {
      const limits = { withinMs: spec.readyWithinMs, signal: AbortSignal.any([signal, ended.signal]) };
      await pollUntil(spec.ready, limits).catch((error: unknown) => {
        if (limits.signal.aborted) throw error;
        throw new PartError(part, `is not ready: ${error instanceof Error ? error.message : String(error)}`);
      });
    },
    stop: async () => {
      isStopping = true;
      if (pid === 0) return 'ended';
      signalGroup(pid, spec.stopSignal ?? 'SIGTERM');
      if (await waitWhile(isAlive, spec.stopWithinMs)) return 'ended';
      await kill();
      return 'killed';
    },
  };
}

/** What spawnGroup needs of a part or a command. */
export type GroupSpec = Pick<
  PartSpec,
  'name' | 'kind' | 'command' | 'environment' | 'folder' | 'logFile' | 'user' | 'stopSignal'
>;

/** Starts a program as leader of a new process group, its output going to its log file, known to the keeper. */
export function spawnGroup(spec: GroupSpec, lease: Lease): ChildProcess {
  const [program = '', ...parameters] = spec.command;
  const log = openSync(spec.logFile, 'a');
  try {
    const child = spawn(program, parameters, {
      detached: true,
      cwd: spec.folder,
      env: { ...spec.environment, ...lease.environment },
      stdio: ['ignore', log, log],
      ...spec.user,
    });
    if (child.pid !== undefined) {
      lease.addGroup({
        name: spec.name,
        pid: child.pid,
        isService: spec.kind === 'service',
        signal: spec.stopSignal ?? 'SIGTERM',
      });
    }
    return child;
  } finally {
    closeSync(log);
  }
}
