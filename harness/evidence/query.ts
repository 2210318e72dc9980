/** SQL in, plain JavaScript rows out. */
import {
  BIGINT,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBType,
  type DuckDBValue,
  type JS,
  StatementType,
} from '@duckdb/node-api';
import { messageOf, UserError } from '../errors.ts';

export type Parameters = Readonly<Record<string, string | number | boolean | null>>;

/** A statement that DuckDB does not take; the message holds the statement, `reason` is the database's word alone. */
export class QueryError extends UserError {
  readonly reason: string;

  constructor(reason: string, sql: string) {
    super(`query not understood: ${reason}\n${shorten(sql)}`);
    this.reason = reason;
  }
}

/**
 * Runs one statement that reads. BIGINT, HUGEINT and DECIMAL come as number, whole numbers that a double does not hold exactly
 * as text, dates as Date, lists as arrays, structs as objects.
 * @param whyAbsent says why a table that a statement may name does not exist
 * @throws UserError when it is not one statement that reads; QueryError when it is not valid
 */
export async function queryRows<Row extends object>(
  connection: DuckDBConnection,
  sql: string,
  parameters: Parameters = {},
  whyAbsent: (table: string) => string | undefined = () => undefined,
): Promise<Row[]> {
  if (isEmpty(sql)) throw new UserError('the query is empty; write a statement such as: FROM fate LIMIT 10');
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const [name, value] of Object.entries(parameters)) {
    // A whole number must also do where SQL wants one, as after LIMIT.
    const whole = Number.isSafeInteger(value);
    values[name] = whole ? BigInt(value as number) : value;
    if (whole) types[name] = BIGINT;
  }
  let statement: DuckDBPreparedStatement | undefined;
  try {
    statement = await readingStatement(connection, sql);
    if (Object.keys(values).length > 0) statement.bind(values, types);
    const reader = await statement.runAndReadAll();
    const names = reader.deduplicatedColumnNames();
    return reader.getRowsJS().map((cells) => {
      const row: Record<string, unknown> = {};
      names.forEach((name, index) => {
        row[name] = plain(cells[index] ?? null);
      });
      return row as Row;
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    const table = /Table with name (\w+) does not exist/.exec(messageOf(error))?.[1];
    const why = table === undefined ? undefined : whyAbsent(table);
    if (why !== undefined) throw new UserError(`the table ${table} does not exist in this run: ${why}`);
    throw new QueryError(messageOf(error).replace(/^Failed to extract statements: /, ''), sql);
  } finally {
    statement?.destroySync();
  }
}

/** The one statement of a text, when it reads and does nothing else. */
async function readingStatement(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    const pivot = /\bpivot\b/i.test(sql)
      ? ' A PIVOT is one only when it lists its values: PIVOT … ON … IN (…).'
      : '';
    throw new UserError(`the query has ${statements.count} statements; one at a time is allowed.${pivot}`);
  }
  const statement = await statements.prepare(0);
  if (statement.statementType === StatementType.SELECT) return statement;
  const type = StatementType[statement.statementType];
  statement.destroySync();
  throw new UserError(
    `evidence is read only: ${type} is not allowed, only SELECT, FROM, WITH, DESCRIBE and the like`,
  );
}

/** Nothing but spaces, semicolons and comments. */
function isEmpty(sql: string): boolean {
  return /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/.test(sql);
}

function plain(value: JS): unknown {
  if (typeof value === 'bigint') {
    const rounded = Number(value);
    return Number.isSafeInteger(rounded) ? rounded : String(value);
  }
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
