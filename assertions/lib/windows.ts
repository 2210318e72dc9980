/** Windows of a second of due time: requests of one second share their fate, so windows and not requests are the unit. */
import type { Evidence } from '../../harness/contracts.ts';

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

/**
 * Named subqueries that end with `placed`: a row a request of the measured phases, however often it is recorded, with
 * trace_id, phase, route, took_us (from when it was due), good, and at_us, when it was due. One without a record has
 * no due time; the plan's even steps from its neighbour give it.
 */
export const PLACED = `recorded AS (
    SELECT DISTINCT seq, trace_id, phase, route, status, due_us, sent_us, latency_us FROM ledger WHERE phase <> 'warmup'),
  steps AS (SELECT *, due_us - seq * $step_us::DOUBLE AS first_us FROM recorded),
  placed AS (
    SELECT trace_id, phase, route, sent_us + latency_us - due_us AS took_us,
           coalesce(status BETWEEN 200 AND 399 AND sent_us + latency_us - due_us IS NOT NULL, false) AS good,
           coalesce(due_us,
             last_value(first_us IGNORE NULLS) OVER (ORDER BY seq) + seq * $step_us::DOUBLE,
             first_value(first_us IGNORE NULLS) OVER (
               ORDER BY seq ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) + seq * $step_us::DOUBLE) AS at_us
    FROM steps)`;

/** The parameter of PLACED: the time from one request to the next. */
export function stepUs({ run }: Evidence): number {
  return 1e6 / run.load.rate;
}

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
