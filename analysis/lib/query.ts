import type { Evidence } from '../../harness/contracts.ts';

/** Trace ids to look at in a finding, at most. */
export const EXAMPLES = 10;

/** The only row of a statement that yields exactly one, such as an aggregate. */
export async function one<Row extends object>(
  evidence: Evidence,
  sql: string,
  parameters: Readonly<Record<string, string | number | boolean | null>> = {},
): Promise<Row> {
  const [row] = await evidence.query<Row>(sql, parameters);
  if (!row) throw new Error(`a statement that must yield a row yielded none: ${sql}`);
  return row;
}

/** The first EXAMPLES of the trace ids that a statement with a column trace_id yields, in the statement's order. */
export async function traceIds(
  evidence: Evidence,
  sql: string,
  parameters: Readonly<Record<string, string | number | boolean | null>> = {},
): Promise<string[]> {
  const rows = await evidence.query<{ trace_id: string }>(`${sql} LIMIT ${EXAMPLES}`, parameters);
  return rows.map((row) => row.trace_id);
}
