import { hash } from 'node:crypto';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/**
 * What a charge is known by from run to run: the trace of the request that it is made for, which the seed of the load
 * gives. An idempotency key is made anew in each run, so it serves only where no trace comes along.
 */
export function lotOf(traceparent: string | undefined, key: string): string {
  return TRACEPARENT.exec(traceparent ?? '')?.[1] ?? key;
}

/** A number from 0 to 9,999 for a charge, always the same for the same seed, provider and lot. */
export function drawOf(seed: number, provider: string, lot: string): number {
  return Number.parseInt(hash('sha256', `${seed} ${provider} ${lot}`, 'hex').slice(0, 8), 16) % 10_000;
}
