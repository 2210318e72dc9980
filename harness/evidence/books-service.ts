/** A book that a service answers as a JSON array of rows. */
import type { Json } from '../contracts.ts';
import type { Cell } from './table-writer.ts';
import type { Columns, ColumnType } from './tables.ts';
import type { EvidenceWriter } from './writer.ts';

const TIMEOUT_MS = 30_000;

/**
 * Reads the rows into a table. Its columns are the properties that occur; a property that is a number in every row
 * becomes BIGINT or DOUBLE, one that is always true or false BOOLEAN, any other a text (objects and arrays as JSON). An
 * empty array tells no columns: the table has none but `nothing`.
 * @returns number of rows
 */
export async function readRows(
  evidence: EvidenceWriter,
  table: string,
  url: string,
  signal?: AbortSignal,
): Promise<number> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, {
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const body: unknown = await response.json();
  if (!Array.isArray(body) || !body.every(isRow))
    throw new Error(`${url} did not answer with a JSON array of objects`);
  const columns = columnsOf(body);
  const writer = await evidence.openTable<Record<string, Cell>>(table, columns);
  for (const row of body) {
    writer.write(
      Object.fromEntries(Object.keys(columns).map((name) => [name, cellOf(row[name], columns[name])])),
    );
  }
  writer.close();
  return writer.rows;
}

type Row = Readonly<Record<string, Json>>;

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function columnsOf(rows: readonly Row[]): Columns {
  const types = new Map<string, ColumnType | undefined>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) types.set(name, widened(types.get(name), value));
  }
  if (types.size === 0) return { nothing: 'VARCHAR' };
  return Object.fromEntries([...types].map(([name, type]) => [name, type ?? 'VARCHAR']));
}

/** The type that holds what was seen before and this value; undefined as long as only null was seen. */
function widened(before: ColumnType | undefined, value: Json): ColumnType | undefined {
  if (value === null) return before;
  const now: ColumnType =
    typeof value === 'boolean'
      ? 'BOOLEAN'
      : typeof value === 'number'
        ? Number.isSafeInteger(value)
          ? 'BIGINT'
          : 'DOUBLE'
        : 'VARCHAR';
  if (before === undefined || before === now) return now;
  const bothNumbers = [before, now].every((type) => type === 'BIGINT' || type === 'DOUBLE');
  return bothNumbers ? 'DOUBLE' : 'VARCHAR';
}

function cellOf(value: Json | undefined, type: ColumnType | undefined): Cell {
  if (value === undefined || value === null) return null;
  if (type !== 'VARCHAR') return value as Cell;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
