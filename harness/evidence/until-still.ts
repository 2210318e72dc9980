/** Looks again and again until nothing moves any more. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunRecord } from '../contracts.ts';
import { messageOf } from '../errors.ts';

/** What is still moving, or what has come to a stand. */
export type Look = { readonly moving: string } | { readonly still: string };

/** `detail`: what was stable, or what was still moving at the deadline. */
export type Settled = RunRecord['settled'];

const POLL_MS = 500;

/**
 * Looks every half second until something is still, or the deadline is over; a look that throws counts as moving.
 * @throws the signal's reason when it aborts
 */
export async function untilStill(
  look: () => Promise<Look>,
  { deadlineS, signal }: { readonly deadlineS: number; readonly signal?: AbortSignal },
): Promise<Settled> {
  const started = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const seen = await look().catch((error: unknown): Look => {
      signal?.throwIfAborted();
      return { moving: messageOf(error) };
    });
    const waitedS = Math.round(performance.now() - started) / 1000;
    if ('still' in seen) return { ok: true, waitedS, detail: seen.still };
    if (waitedS >= deadlineS)
      return { ok: false, waitedS, detail: `not stable after ${deadlineS} s: ${seen.moving}` };
    await delay(POLL_MS, undefined, { signal });
  }
}
