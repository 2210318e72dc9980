/** Tables to Parquet files and back. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './tables.ts';

/** Where a table of a run is kept. */
export function parquetPath(runFolder: string, table: string): string {
  return join(runFolder, 'evidence', `${table}.parquet`);
}

/**
 * Writes what `select` yields as a table's Parquet file. The file appears under its name only when it is complete,
 * so that an interrupted run leaves no file that looks whole.
 */
export async function writeParquet(
  connection: DuckDBConnection,
  select: string,
  runFolder: string,
  table: string,
): Promise<void> {
  const path = parquetPath(runFolder, table);
  const partial = `${path}.partial`;
  await connection.run(`COPY (${select}) TO ${literal(partial)} (FORMAT parquet, COMPRESSION zstd)`);
  renameSync(partial, path);
}
