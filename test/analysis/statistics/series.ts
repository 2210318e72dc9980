/** Series with a known truth. */
import { normal } from '../../../analysis/statistics/random.ts';
import type { Window } from '../../../analysis/statistics/window-series.ts';
import type { Random } from '../../../harness/contracts.ts';

/** An autoregressive process of first order with mean 0 and variance 1, in its stationary state from the start. */
export function autoregressive(length: number, correlation: number, random: Random): number[] {
  let value = normal(random);
  const step = Math.sqrt(1 - correlation ** 2);
  return Array.from({ length }, () => {
    value = correlation * value + step * normal(random);
    return value;
  });
}

/** A second of fifty requests that took so many milliseconds, and of which so many failed. */
export function second(ms: number | null, bad = 0, requests = 50): Window {
  const us = ms === null ? null : ms * 1000;
  return { requests, good: requests - bad, p50: us, p95: us, p99: us };
}

/** So many of them, all alike. */
export function seconds(count: number, ms: number | null, bad = 0): Window[] {
  return Array.from({ length: count }, () => second(ms, bad));
}
