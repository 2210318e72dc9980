/** DuckDB, opened so that its memory does not grow with the run. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { literal } from './tables.ts';

export interface Database {
  readonly connection: DuckDBConnection;
  /** Runs statements that return nothing of interest. */
  run(sql: string): Promise<void>;
  close(): void;
}

/** What DuckDB may hold in memory before it spills to its temporary folder. */
const MEMORY_LIMIT = '512MB';

/**
 * Opens a database.
 * @param path file of the database, or `:memory:`
 * @param temporaryFolder where DuckDB spills what exceeds its memory limit; DuckDB makes it when it does
 */
export async function openDatabase(path: string, temporaryFolder: string): Promise<Database> {
  const instance = await DuckDBInstance.create(path, {
    memory_limit: MEMORY_LIMIT,
    temp_directory: temporaryFolder,
    threads: '2',
    // Rows may come out in any order, which lets large COPY statements stream; every query that cares has an ORDER BY.
    preserve_insertion_order: 'false',
    // Evidence is local: nothing may be fetched, neither a file nor an extension.
    autoinstall_known_extensions: 'false',
  });
  const connection = await instance.connect();
  return {
    connection,
    async run(sql) {
      await connection.run(sql);
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/**
 * From now on the database reaches these files, its temporary folder and nothing else of the machine, and no
 * statement can change that.
 */
export async function lockAway(database: Database, files: readonly string[]): Promise<void> {
  await database.run(`SET allowed_paths = [${files.map(literal).join(', ')}]`);
  await database.run('SET enable_external_access = false');
  await database.run('SET lock_configuration = true');
}
