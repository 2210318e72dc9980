/** What a run needs of the machine's disks, memory and processors. */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { cacheFolder } from './cache-folder.ts';

export interface Check {
  readonly name: string;
  /** missing: nothing runs without it. warning: it runs, but see `remedy`. */
  readonly status: 'ok' | 'missing' | 'warning';
  readonly found: string;
  /** What to do; empty when the status is ok. */
  readonly remedy: string;
}

const GIB = 1024 ** 3;
const IDLE_OVER_MS = 1000;
const LEAST_IDLE_PERCENT = 60;
const MAX_LOAD_PER_CORE = 0.5;

export function ok(name: string, found: string): Check {
  return { name, status: 'ok', found, remedy: '' };
}

export async function checkDisk(
  name: string,
  folder: string,
  neededGib: number,
  reason: string,
): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  return judgeDisk({ name, folder, freeGib: (bavail * bsize) / GIB, neededGib, reason });
}

/** What free space of a disk means. */
export function judgeDisk(disk: {
  readonly name: string;
  readonly folder: string;
  readonly freeGib: number;
  readonly neededGib: number;
  readonly reason: string;
}): Check {
  const found = `${disk.freeGib.toFixed(1)} GiB free at ${disk.folder}`;
  if (disk.freeGib >= disk.neededGib) return ok(disk.name, found);
  return { name: disk.name, status: 'warning', found, remedy: `Make room: ${disk.reason}.` };
}

/** The cache may not be there yet, and then lies on the disk of the nearest folder above that is. */
export async function checkToolDisk(): Promise<Check> {
  let folder = cacheFolder();
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  const reason = 'building the tools, with what Go downloads for them, takes up to 5 GiB';
  return checkDisk('disk for the tool cache', folder, 5, reason).catch((error: unknown) => ({
    name: 'disk for the tool cache',
    status: 'warning',
    found: messageOf(error),
    remedy: 'Set CHAOSCOPE_CACHE to a folder that you may write to.',
  }));
}

export function checkMemory(): Check {
  const free = freemem() / GIB;
  const found = `${free.toFixed(1)} GiB available`;
  if (free >= 3) return ok('memory', found);
  const remedy = 'End other programs: the stack takes about 2 GiB, more when every trace is kept.';
  return { name: 'memory', status: 'warning', found, remedy };
}

export function checkCores(): Check {
  const cores = availableParallelism();
  if (cores >= 2) return ok('cores', String(cores));
  const remedy = 'Use at least 2 cores, or lower --rate; 1000 requests/s saturate one core.';
  return { name: 'cores', status: 'warning', found: String(cores), remedy };
}

/** Whether others use the machine now: a run beside them is not believed, or measures them as well. */
export async function checkIdle(): Promise<Check> {
  const before = cpuTimes();
  await delay(IDLE_OVER_MS);
  const after = cpuTimes();
  const all = after.all - before.all;
  return judgeIdle({
    loadPerCore: (loadavg()[0] ?? 0) / availableParallelism(),
    // Without figures of the processors only the load average is left.
    idlePercent: all > 0 ? (100 * (after.idle - before.idle)) / all : 100,
  });
}

/** What load average and idle share of the machine mean. */
export function judgeIdle(machine: { readonly loadPerCore: number; readonly idlePercent: number }): Check {
  const { loadPerCore, idlePercent } = machine;
  const found = `load average per core ${loadPerCore.toFixed(2)}, ${idlePercent.toFixed(0)} % idle`;
  if (loadPerCore <= MAX_LOAD_PER_CORE && idlePercent >= LEAST_IDLE_PERCENT) return ok('idle', found);
  const remedy =
    'End or wait for what else runs here: on a busy machine a run at the usual rate is inconclusive. Or lower --rate.';
  return { name: 'idle', status: 'warning', found, remedy };
}

function cpuTimes(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}
