import { Pool, type PoolClient, type QueryResultRow } from 'pg';
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
  /** Runs statements of another kind on one connection, for a library that brings its own, or for a transaction. */
  withClient<T>(use: (client: PoolClient) => Promise<T>): Promise<T>;
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
    // Its connections are kept, with the statements that are prepared on them.
    idleTimeoutMillis: 0,
  });
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  onShutdown('database', 2000, () => pool.end(), 'database');
  // Not pool.query: a query that has to wait for a connection would run in the trace context of whoever opened
  // that connection, and its span would belong to another trace. After this await the context is ours again.
  const withClient: Database['withClient'] = async (use) => {
    const client = await pool.connect();
    // The pool listens to idle connections only. One that breaks in use fails its query, and says so once more here.
    const ignore = (): void => {};
    client.on('error', ignore);
    let failed: Error | undefined;
    try {
      return await use(client);
    } catch (thrown) {
      failed = thrown instanceof Error ? thrown : new Error(String(thrown));
      throw thrown;
    } finally {
      // As pool.query does: a connection on which something failed is not used again.
      client.release(failed);
      // Of one that is not used again, what still comes is nobody's business either.
      if (!failed) client.off('error', ignore);
    }
  };
  return {
    withClient,
    async query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[] = []) {
      try {
        const { rows } = await withClient((client) =>
          client.query<Row>({ ...statement, values: [...values] }),
        );
        return rows;
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new HttpError(503, 'database_unavailable', `${statement.name}: ${why}`, { cause });
      }
    },
  };
}
