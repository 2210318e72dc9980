/**
 * Reads the processes of the machine from /proc. On systems without /proc every function answers as if there were none.
 * Used by the keeper, so it imports nothing but Node's own modules.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Environment variable that marks every process of a run; its value is the lease id. */
export const LEASE_VARIABLE = 'CHAOSCOPE_LEASE';

export interface ProcessState {
  readonly pid: number;
  readonly parentPid: number;
  readonly group: number;
  /** Dead, but not yet collected by its parent: it holds no port and no file. */
  readonly zombie: boolean;
  /** Clock ticks since boot. With the pid it names a process for good, since pids are used again. */
  readonly startTime: string;
}

/** The state of a process, or undefined when there is none with this pid. */
export function readProcess(pid: number): ProcessState | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid, group] = fields;
  return {
    pid,
    parentPid: Number(parentPid),
    group: Number(group),
    zombie: state === 'Z' || state === 'X',
    startTime: fields[19] ?? '',
  };
}

/** Pids of all processes that this user may see. */
export function listPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Live processes whose environment carries a lease, by pid; with `leaseId` only those of that lease. */
export function findLeased(leaseId?: string): Map<number, string> {
  const found = new Map<number, string>();
  const prefix = `${LEASE_VARIABLE}=`;
  for (const pid of listPids()) {
    const lease = readEntries(`/proc/${pid}/environ`).find((entry) => entry.startsWith(prefix));
    if (lease === undefined) continue;
    const id = lease.slice(prefix.length);
    if ((leaseId === undefined || id === leaseId) && readProcess(pid)?.zombie === false) found.set(pid, id);
  }
  return found;
}

/** Program and arguments of a process; empty when it is gone or may not be read. */
export function readCommand(pid: number): string[] {
  return readEntries(`/proc/${pid}/cmdline`);
}

/** A file of entries that end with a zero byte; empty when it may not be read, as those of other users. */
function readEntries(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}
