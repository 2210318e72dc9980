import type { Evidence } from '../../harness/contracts.ts';
import { one } from './query.ts';

/** Spans that are joined with one another at most: what DuckDB does within its memory, in seconds. */
const MOST_SPANS = 1_500_000;

/**
 * A named subquery `part`: the recording, or of a long one whole traces, one in $every, the same each time. What is
 * counted in it counts $every times.
 */
export const PART = 'part AS (SELECT * FROM recording WHERE hash(trace_id) % $every::UBIGINT = 0)';

/** One in how many traces to look at, for PART; 1 for all. */
export async function everyOf(evidence: Evidence): Promise<number> {
  const { spans } = await one<{ spans: number }>(evidence, 'SELECT count(*) AS spans FROM recording');
  return Math.max(1, Math.ceil(spans / MOST_SPANS));
}
