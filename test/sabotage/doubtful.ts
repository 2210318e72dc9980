/** What must turn when a whole source of evidence, or the run itself, is doubtful: assertions of stripe-slow by what they need. */
import type { Verdicts } from './contract.ts';

export const NEEDS_ARCHIVE = [
  'every-error-kept',
  'every-slow-trace-kept',
  'health-checks-dropped',
  'baseline-sampled-exactly',
  'traces-unbroken',
] as const;

export const NEEDS_RECORDING = [
  ...NEEDS_ARCHIVE,
  'fault-took-hold',
  'order-span-contract',
  'retries-bounded',
  'timeout-enforced',
  'breaker-opened-and-closed',
  'fallback-used',
] as const;

export const NEEDS_LEDGER = [
  ...NEEDS_ARCHIVE,
  'load-achieved',
  'order-span-contract',
  'degraded-as-declared',
  'recovered',
  'no-order-lost',
  'cascade-contained',
] as const;

/** Every assertion of stripe-slow. */
export const STRIPE_SLOW = [
  ...new Set([...NEEDS_RECORDING, ...NEEDS_LEDGER]),
  'parts-stayed-up',
  'exactly-once-charge',
  'stock-conserved',
  'notification-delivered-once',
] as const;

export function inconclusive(...lists: readonly (readonly string[])[]): Verdicts {
  return Object.fromEntries(lists.flat().map((id) => [id, 'inconclusive']));
}
