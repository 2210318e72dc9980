/** Windows of a second of due time: requests of one second share their fate, so windows and not requests are the unit. */

/** Windows without which a phase says nothing. */
export const LEAST_WINDOWS = 5;

export interface Window {
  readonly requests: number;
  readonly good: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The columns of a Window, for a statement that groups requests with the columns took_us and good. */
export const WINDOW_COLUMNS = `
  count(*) AS requests, count(*) FILTER (WHERE good) AS good,
  quantile_cont(CAST(took_us AS DOUBLE), 0.5) AS p50,
  quantile_cont(CAST(took_us AS DOUBLE), 0.95) AS p95,
  quantile_cont(CAST(took_us AS DOUBLE), 0.99) AS p99`;

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
