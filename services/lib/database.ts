import { Pool, type QueryResultRow } from 'pg';
import { limitMs } from './deadline.ts';
import { HttpError } from './http-error.ts';
import { onShutdown } from './shutdown.ts';

/** A statement that the server prepares once on each connection, by its name; the name is also in the span's name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Database {
  /** Rejects with HttpError 503 when the database cannot be reached or does not answer in time. */
  query<Row extends QueryResultRow>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  /** The pool, for a library that brings its own statements. */
  readonly pool: Pool;
}

/** A pool of at most `size` connections; a query that has not ended within `timeoutMs` fails. */
export function connectDatabase(
  url: string,
  { size, timeoutMs }: { size: number; timeoutMs: number },
): Database {
  const limit = limitMs(timeoutMs);
  const pool = new Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: limit,
    // By the client's clock: a server's own limit would not notice a network that has gone silent.
    ...(limit > 0 ? { query_timeout: limit } : {}),
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  onShutdown('database', 2000, () => pool.end());
  return {
    pool,
    async query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[] = []) {
      try {
        const { rows } = await pool.query<Row>({ ...statement, values: [...values] });
        return rows;
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new HttpError(503, 'database_unavailable', `${statement.name}: ${why}`, { cause });
      }
    },
  };
}
