import { z } from 'zod';
import type { Evidence } from '../../harness/contracts.ts';
import { promiseOf } from './system.ts';
import { number } from './text.ts';

/** Standard deviations of a count that chance is granted. */
const SPREAD = 4;

export const rowSchema = z.strictObject({
  /** Id of the system's sampling promise. */
  promise: z.string(),
  /** Share of the requests to which it applies, in percent. */
  sharePercent: z.number().min(0).max(100),
  /** Traces kept per second. */
  perS: z.number().min(0),
});

export type Row = z.output<typeof rowSchema>;

/** Throws when the row does not follow from rate, share and the share that the system promises to keep. */
export function checkEstimate(evidence: Evidence, row: Row, rate: number): void {
  const { promise, sharePercent, perS } = row;
  const { keepPercent } = promiseOf(evidence, promise, 'a share of the volume', () => true);
  const exact = (rate * sharePercent * keepPercent) / 10_000;
  if (Math.abs(exact - perS) <= 0.5 * 10 ** -decimalsOf(perS) + 1e-9) return;
  throw new Error(
    `the estimate of ${promise} does not fit: ${number(perS, 6)}/s is stated, but ${number(rate, 3)} requests/s x ${number(sharePercent, 3)} % x ${number(keepPercent, 3)} % kept are ${number(exact, 6)}/s. Correct the option 'rows' or 'atRate'.`,
  );
}

/** Decimals with which a number is written. */
function decimalsOf(value: number): number {
  return String(value).split('.')[1]?.length ?? 0;
}

/**
 * How far an observed rate may be from the expected one: the tolerance, or the spread of a random count where that is
 * wider. Not significant: with none observed it would still be within that spread.
 */
export function allowanceOf(
  expectedPerS: number,
  seconds: number,
  tolerancePercent: number,
): { readonly allowedPerS: number; readonly isSignificant: boolean } {
  const spreadPerS = seconds === 0 ? 0 : (SPREAD * Math.sqrt(expectedPerS * seconds)) / seconds;
  const allowedPerS = Math.max((expectedPerS * tolerancePercent) / 100, spreadPerS);
  return { allowedPerS, isSignificant: allowedPerS < expectedPerS };
}
