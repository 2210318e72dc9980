/** The recording in parts of whole traces, each small enough to be joined with itself in memory. */
import type { DuckDBConnection } from '@duckdb/node-api';

/** Spans of a part: their ids take about 100 bytes each in a join, and DuckDB has 512 MB (see ../database.ts). */
const PART = 3_500_000;

/**
 * Subqueries that stand for the table `recording` and have each of its traces in one of them. A join that spills to disk
 * costs several times one that does not, and reading the ids once more costs little.
 */
export async function tracesInParts(connection: DuckDBConnection): Promise<readonly string[]> {
  // Known from the file's footer: nothing is read.
  const reader = await connection.runAndReadAll('SELECT count(*) FROM recording');
  const parts = Math.max(1, Math.ceil(Number(reader.getRowsJS()[0]?.[0] ?? 0) / PART));
  if (parts === 1) return ['recording'];
  return Array.from(
    { length: parts },
    (_, part) => `(SELECT * FROM recording WHERE hash(trace_id) % ${parts} = ${part})`,
  );
}
