import { setTimeout as sleep } from 'node:timers/promises';

/** Microseconds since the epoch by the machine's wall clock, which all parts of a run share. */
export function nowUs(): number {
  return Date.now() * 1000;
}

/** Waits for an instant; rejects with the signal's reason when it aborts first. An instant gone by is no wait. */
export async function sleepUntil(instantUs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const waitMs = instantUs / 1000 - Date.now();
  if (waitMs <= 0) return;
  try {
    await sleep(waitMs, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
