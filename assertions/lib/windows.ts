/** What the assertions make of windows of a second, see analysis/statistics/window-series.ts. */
import type { Window } from '../../analysis/statistics/window-series.ts';

/** Windows without which a phase says nothing. */
export const LEAST_WINDOWS = 5;

/** Share of the good ones among the requests of all windows; 0 for no request. */
export function goodShare(windows: readonly Pick<Window, 'requests' | 'good'>[]): number {
  const requests = windows.reduce((sum, window) => sum + window.requests, 0);
  const good = windows.reduce((sum, window) => sum + window.good, 0);
  return requests === 0 ? 0 : good / requests;
}

/** 0 for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
