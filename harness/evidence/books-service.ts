/** A book that a service answers as a JSON array of rows. */
import type { BookColumn, Json } from '../contracts.ts';
import type { Cell } from './table-writer.ts';
import type { ColumnType } from './tables.ts';
import type { EvidenceWriter } from './writer.ts';

const TIMEOUT_MS = 30_000;

/**
 * Reads the rows into a table with the declared columns. Rejects when a row has a value that does not fit its column.
 * @returns number of rows
 */
export async function readRows(
  evidence: EvidenceWriter,
  table: string,
  url: string,
  declared: Readonly<Record<string, BookColumn>>,
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
  const columns = Object.fromEntries(Object.entries(declared).map(([name, type]) => [name, TYPES[type]]));
  const writer = await evidence.openTable<Record<string, Cell>>(table, columns);
  for (const row of body) {
    writer.write(
      Object.fromEntries(
        Object.entries(declared).map(([name, type]) => [name, cellOf(name, row[name], type)]),
      ),
    );
  }
  writer.close();
  return writer.rows;
}

type Row = Readonly<Record<string, Json>>;

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TYPES: Readonly<Record<BookColumn, ColumnType>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
};

function cellOf(name: string, value: Json | undefined, type: BookColumn): Cell {
  if (value === undefined || value === null) return null;
  if (type === 'text') return typeof value === 'string' ? value : JSON.stringify(value);
  if (type === 'boolean' && typeof value === 'boolean') return value;
  if (typeof value === 'number' && (type === 'number' || (type === 'integer' && Number.isSafeInteger(value))))
    return value;
  throw new Error(`a row has ${name} = ${JSON.stringify(value)}, which is no ${type}`);
}
