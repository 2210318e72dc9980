/** Signals to process groups. Used by the keeper, so it imports nothing but Node's own modules. */
import { setTimeout as delay } from 'node:timers/promises';
import { listPids, readProcess } from './process-scan.ts';

/** Sends a signal to all processes of a group; false when the group is gone. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  return send(-group, signal);
}

/** Sends a signal to one process; false when it is gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  return send(pid, signal);
}

/** Whether a process of the group lives. Zombies do not count: in a container nobody may collect them. */
export function isGroupAlive(group: number): boolean {
  if (!send(-group, 0)) return false;
  if (process.platform !== 'linux') return true;
  return listPids().some((pid) => {
    const state = readProcess(pid);
    return state?.group === group && !state.zombie;
  });
}

/** Waits until the condition no longer holds; false when it still holds after `withinMs`. */
export async function waitWhile(condition: () => boolean, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (condition()) {
    if (performance.now() >= end) return false;
    await delay(20);
  }
  return true;
}

function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch (error) {
    // EPERM: it lives, but is another user's. ESRCH: it is gone.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
