import { wilson } from '../../analysis/lib/wilson.ts';

/** Whether the share is below so many per cent; the tolerance is for products that are not exact, as of 99.9 %. */
export function isBelow(part: number, whole: number, leastPercent: number): boolean {
  return part * 100 < leastPercent * whole - 1e-6;
}

/**
 * Whether so few of so many show that the true share is below the least, and not just the share of those that happened
 * to be asked: the upper end of the Wilson interval (95 %) is.
 */
export function refutes(part: number, whole: number, leastPercent: number): boolean {
  return isBelow(wilson(part, whole).high, 1, leastPercent);
}
