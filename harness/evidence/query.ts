/** SQL in, plain JavaScript rows out. */
import { BIGINT, type DuckDBConnection, type DuckDBType, type DuckDBValue, type JS } from '@duckdb/node-api';
import { messageOf, UserError } from '../errors.ts';

export type Parameters = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Runs one statement. BIGINT, HUGEINT and DECIMAL come as number, dates as Date, lists as arrays, structs as objects.
 * @param whyAbsent says why a table that a statement may name does not exist
 * @throws UserError with the database's message and the statement when it is not valid
 */
export async function queryRows<Row extends object>(
  connection: DuckDBConnection,
  sql: string,
  parameters: Parameters = {},
  whyAbsent: (table: string) => string | undefined = () => undefined,
): Promise<Row[]> {
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const [name, value] of Object.entries(parameters)) {
    // A whole number must also do where SQL wants one, as after LIMIT.
    const whole = Number.isSafeInteger(value);
    values[name] = whole ? BigInt(value as number) : value;
    if (whole) types[name] = BIGINT;
  }
  try {
    const named = Object.keys(values).length > 0;
    const reader = named
      ? await connection.runAndReadAll(sql, values, types)
      : await connection.runAndReadAll(sql);
    const names = reader.deduplicatedColumnNames();
    return reader.getRowsJS().map((cells) => {
      const row: Record<string, unknown> = {};
      names.forEach((name, index) => {
        row[name] = plain(cells[index] ?? null);
      });
      return row as Row;
    });
  } catch (error) {
    const table = /Table with name (\w+) does not exist/.exec(messageOf(error))?.[1];
    const why = table === undefined ? undefined : whyAbsent(table);
    if (why !== undefined) throw new UserError(`the table ${table} does not exist in this run: ${why}`);
    throw new UserError(`query not understood: ${messageOf(error)}\n${shorten(sql)}`);
  }
}

function plain(value: JS): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item as JS)]));
  }
  return value;
}

function shorten(sql: string): string {
  const text = sql.trim();
  return text.length > 600 ? `${text.slice(0, 600)} …` : text;
}
