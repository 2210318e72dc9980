/** A book that is a query on the system's PostgreSQL. */
import pg from 'pg';
import type { Cell } from './table-writer.ts';
import type { Columns, ColumnType } from './tables.ts';
import type { EvidenceWriter } from './writer.ts';

const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** Rows fetched at a time. */
const FETCH = 5000;

/** PostgreSQL type oid -> column type; every other type is kept as the text that PostgreSQL writes. */
const TYPES: Readonly<Record<number, ColumnType>> = {
  16: 'BOOLEAN',
  20: 'BIGINT',
  21: 'BIGINT',
  23: 'BIGINT',
  700: 'DOUBLE',
  701: 'DOUBLE',
  1700: 'DOUBLE',
};

/**
 * Reads the rows of a query into a table, through a cursor, so that memory does not grow with them. A query without
 * rows gives an empty table with the query's columns.
 * @returns number of rows
 */
export async function readTable(
  evidence: EvidenceWriter,
  table: string,
  databaseUrl: string,
  sql: string,
): Promise<number> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // Texts as they are: the column's type decides what becomes of them.
    types: { getTypeParser: () => (text: string) => text },
  });
  // A server that goes away while the client is idle would else end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN READ ONLY');
    await client.query(`DECLARE book NO SCROLL CURSOR FOR ${sql.trim().replace(/;$/, '')}`);
    const fetchMore = () =>
      client.query<(string | null)[]>({ text: `FETCH ${FETCH} FROM book`, rowMode: 'array' });
    let result = await fetchMore();
    const names = result.fields.map(({ name }) => name);
    const types = result.fields.map(({ dataTypeID }) => TYPES[dataTypeID] ?? 'VARCHAR');
    const columns: Columns = Object.fromEntries(
      names.map((name, index) => [name, types[index] ?? 'VARCHAR']),
    );
    const writer = await evidence.openTable<Record<string, Cell>>(table, columns);
    while (result.rows.length > 0) {
      for (const cells of result.rows) {
        writer.write(
          Object.fromEntries(names.map((name, index) => [name, cellOf(cells[index] ?? null, types[index])])),
        );
      }
      result = await fetchMore();
    }
    writer.close();
    return writer.rows;
  } finally {
    await client.end();
  }
}

function cellOf(text: string | null, type: ColumnType | undefined): Cell {
  if (text === null) return null;
  if (type === 'BOOLEAN') return text === 't';
  return type === 'BIGINT' || type === 'DOUBLE' ? Number(text) : text;
}
