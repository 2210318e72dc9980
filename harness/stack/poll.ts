import { setTimeout as delay } from 'node:timers/promises';

/** What a probe says: undefined when the awaited state is reached, else why not yet. */
export type Probe = (signal: AbortSignal) => Promise<string | undefined>;

/**
 * Calls `probe` every `intervalMs` until it returns undefined.
 *
 * Rejects with `not within 30 s: <last reason>` after the deadline, and with the signal's reason when it aborts. A probe that
 * throws counts as not yet, with the thrown message as the reason. `probe` gets a signal that also ends at the deadline, so
 * that one call that hangs does not outlast it.
 */
export async function pollUntil(
  probe: Probe,
  options: { readonly withinMs: number; readonly intervalMs?: number; readonly signal?: AbortSignal },
): Promise<void> {
  const deadline = AbortSignal.timeout(options.withinMs);
  const outer = options.signal ?? new AbortController().signal;
  const signal = AbortSignal.any([deadline, outer]);
  let reason = 'no answer yet';
  for (;;) {
    outer.throwIfAborted();
    try {
      const next = await probe(signal);
      if (next === undefined) return;
      reason = next;
    } catch (error) {
      // The deadline's own abort says nothing about the awaited thing; keep the last real reason.
      if (!signal.aborted) reason = error instanceof Error ? error.message : String(error);
    }
    if (!signal.aborted) await delay(options.intervalMs ?? 50, undefined, { signal }).catch(() => undefined);
    outer.throwIfAborted();
    if (deadline.aborted) throw new Error(`not within ${options.withinMs / 1000} s: ${reason}`);
  }
}
