/** What the keeper does when the harness is gone: take the faults away, end all processes, delete the folders. */
import { rmSync } from 'node:fs';
import type { LeasedGroup } from './keeper-messages.ts';
import { isGroupAlive, signalGroup, signalProcess, waitWhile } from './process-group.ts';
import { findLeased, readProcess } from './process-scan.ts';

/** A registered group and the start time of its leader, by which a later process with the same pid is told apart. */
export interface KnownGroup extends LeasedGroup {
  readonly startTime: string | undefined;
}

export interface Holdings {
  readonly leaseId: string;
  readonly groups: readonly KnownGroup[];
  readonly folders: readonly string[];
  readonly toxiproxyUrl: string | undefined;
}

const RESET_MS = 2_000;
const SERVICES_MS = 2_000;
const TERMINATE_MS = 3_000;
const KILL_MS = 3_000;

/** Reverts all that a lease holds and tells `log` each thing done. Never throws. */
export async function revert(holdings: Holdings, log: (line: string) => void): Promise<void> {
  if (holdings.toxiproxyUrl !== undefined) await resetToxiproxy(holdings.toxiproxyUrl, log);

  const groups = holdings.groups.filter(isStillOurs);
  const services = groups.filter((group) => group.isService);
  const others = groups.filter((group) => !group.isService);
  terminate(services, log);
  await waitWhile(() => services.some((group) => isGroupAlive(group.pid)), SERVICES_MS);
  terminate(others, log);
  // What was started but not yet registered, and what left its group: found by its environment.
  const known = new Set(groups.map((group) => group.pid));
  const isKnown = (pid: number) => known.has(readProcess(pid)?.group ?? pid);
  for (const pid of findLeased(holdings.leaseId).keys()) {
    if (!isKnown(pid) && signalProcess(pid, 'SIGTERM')) log(`SIGTERM to process ${pid}, found by its lease`);
  }
  const remains = () =>
    groups.some((group) => isGroupAlive(group.pid)) || findLeased(holdings.leaseId).size > 0;
  if (!(await waitWhile(remains, TERMINATE_MS))) await kill(holdings, groups, remains, log);

  for (const folder of holdings.folders) {
    try {
      // A process that is just ending may still write into it, hence the retries.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      log(`deleted ${folder}`);
    } catch (error) {
      log(`could not delete ${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function resetToxiproxy(url: string, log: (line: string) => void): Promise<void> {
  try {
    const answer = await fetch(`${url}/reset`, { method: 'POST', signal: AbortSignal.timeout(RESET_MS) });
    log(`Toxiproxy reset: status ${answer.status}`);
  } catch (error) {
    log(`Toxiproxy could not be reset: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function terminate(groups: readonly KnownGroup[], log: (line: string) => void): void {
  for (const group of groups) {
    if (signalGroup(group.pid, group.signal)) log(`${group.signal} to ${group.name} (group ${group.pid})`);
  }
}

async function kill(
  holdings: Holdings,
  groups: readonly KnownGroup[],
  remains: () => boolean,
  log: (line: string) => void,
): Promise<void> {
  const killAll = () => {
    for (const group of groups) {
      if (isGroupAlive(group.pid) && signalGroup(group.pid, 'SIGKILL'))
        log(`SIGKILL to ${group.name} (group ${group.pid})`);
    }
    for (const pid of findLeased(holdings.leaseId).keys()) {
      if (signalProcess(pid, 'SIGKILL')) log(`SIGKILL to process ${pid}`);
    }
  };
  // Each time anew, since a process may have started another between the scan and its end.
  const isLeft = () => {
    killAll();
    return remains();
  };
  if (!(await waitWhile(isLeft, KILL_MS))) log('some processes still live');
}

/** False when the leader's pid now belongs to a process that started later. */
function isStillOurs(group: KnownGroup): boolean {
  const now = readProcess(group.pid);
  return now === undefined || group.startTime === undefined || now.startTime === group.startTime;
}
