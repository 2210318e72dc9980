import type { CallStats, Mode } from '../map.ts';
import type { MeasuredTime } from './times.ts';

/** Calls of one kind in the calm or in the faulty time, as a statement with STATS_COLUMNS yields them. */
export interface StatsRow {
  readonly faulty: boolean;
  readonly calls: number;
  readonly errors: number;
  readonly waited: number;
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly examples: readonly string[];
}

/** Columns of a StatsRow, for a statement that groups calls with trace_id, took_us, failed and is_waited, by faulty. */
export const STATS_COLUMNS = `
  faulty, count(*) AS calls, count(*) FILTER (WHERE failed) AS errors, count(*) FILTER (WHERE is_waited) AS waited,
  quantile_cont(CAST(took_us AS DOUBLE), 0.5) AS "p50Us", quantile_cont(CAST(took_us AS DOUBLE), 0.99) AS "p99Us",
  list_sort(list(DISTINCT trace_id))[:3] AS examples`;

/** Share of the calls beyond which a few others do not make an edge mixed: a caller may give up on one now and then. */
const CLEAR_SHARE = 0.95;

/** @param every how many calls one counts for */
function statsOf(rows: readonly StatsRow[], faulty: boolean, lengthS: number, every: number): CallStats {
  const row = rows.find((each) => each.faulty === faulty);
  const calls = (row?.calls ?? 0) * every;
  return {
    calls,
    ratePerS: lengthS > 0 ? calls / lengthS : 0,
    errors: (row?.errors ?? 0) * every,
    p50Ms: milliseconds(row?.p50Us),
    p99Ms: milliseconds(row?.p99Us),
  };
}

/** Both stretches of time; there is no faulty one in a run without a fault. */
export function bothStats(rows: readonly StatsRow[], { calmS, faultS }: MeasuredTime, every: number) {
  return {
    calm: statsOf(rows, false, calmS, every),
    underFault: faultS > 0 ? statsOf(rows, true, faultS, every) : null,
    examples: [...new Set(rows.flatMap(({ examples }) => examples))].slice(0, 3),
  };
}

/** By the calm time if there were calls: under a fault, callers give up on calls that they would have waited for. */
export function modeOf(rows: readonly StatsRow[]): Mode | null {
  const row = rows.find(({ faulty }) => !faulty) ?? rows[0];
  if (!row) return null;
  const share = row.waited / row.calls;
  if (share >= CLEAR_SHARE) return 'sync';
  return share <= 1 - CLEAR_SHARE ? 'async' : 'mixed';
}

function milliseconds(us: number | null | undefined): number | null {
  return us === null || us === undefined ? null : us / 1000;
}
