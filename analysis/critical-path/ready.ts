import type { Interval } from './clock-skew.ts';
import { TOLERANCE_US } from './span.ts';

/**
 * When a sibling that waits for a span may begin: at its end, or a tolerance earlier, but not before the span itself begins. So a
 * moment's work right after a long wait comes after it, although by a clock of milliseconds it seems to end before it.
 */
export function readyUs({ startUs, endUs }: Interval): number {
  return Math.max(startUs, endUs - TOLERANCE_US);
}
