/** The Parquet files of a run as views of a database. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { RunRecord, Source } from '../contracts.ts';
import { messageOf, UserError } from '../errors.ts';
import { parquetPath } from './parquet.ts';
import { type Columns, identifier, isTableName, literal, TABLES } from './tables.ts';

export interface Loaded {
  readonly sources: ReadonlySet<Source>;
  /** Why a table does not exist, by table name. */
  readonly absent: ReadonlyMap<string, string>;
  /** The tables of the books that are there. */
  readonly books: readonly string[];
  /** Paths of the files behind the views. */
  readonly files: readonly string[];
}

/**
 * Makes a view for each file of `<runFolder>/evidence/`, and the view `phases`. A source that is absent or that
 * run.json declares missing gets no view.
 * @throws UserError for a file that cannot be read or lacks columns
 */
export async function loadTables(
  connection: DuckDBConnection,
  runFolder: string,
  run: RunRecord,
): Promise<Loaded> {
  const sources = new Set<Source>();
  const absent = new Map<string, string>();
  const files: string[] = [];
  for (const table of Object.keys(TABLES).filter(isTableName)) {
    const path = parquetPath(runFolder, table);
    const missing = run.missing[table];
    if (missing !== undefined) absent.set(table, missing);
    else if (!existsSync(path)) absent.set(table, `there is no ${path}`);
    else {
      await viewOf(connection, table, path, TABLES[table]);
      sources.add(table);
      files.push(path);
    }
  }
  const books = bookFiles(runFolder);
  for (const book of books) {
    await viewOf(connection, book, parquetPath(runFolder, book), undefined);
    files.push(parquetPath(runFolder, book));
  }
  if (books.length > 0 && run.missing.books === undefined) sources.add('books');
  await connection.run(phasesSql(run));
  return { sources, absent, books, files };
}

function bookFiles(runFolder: string): string[] {
  const folder = join(runFolder, 'evidence');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^books_.*\.parquet$/.test(name))
    .map((name) => name.slice(0, -'.parquet'.length))
    .sort();
}

async function viewOf(
  connection: DuckDBConnection,
  table: string,
  path: string,
  columns: Columns | undefined,
): Promise<void> {
  try {
    await connection.run(`CREATE VIEW ${identifier(table)} AS SELECT * FROM read_parquet(${literal(path)})`);
    if (columns === undefined) return;
    // Naming every column here makes a file of another version an error now, not a riddle in some later query.
    const names = Object.keys(columns).map(identifier).join(', ');
    const reader = await connection.runAndReadAll(`SELECT ${names} FROM ${identifier(table)} LIMIT 0`);
    const types = reader.columnTypes().map(String);
    const wrong = Object.entries(columns).flatMap(([name, type], index) =>
      familyOf(types[index] ?? '') === familyOf(type) ? [] : [`${name} is ${types[index]}, not ${type}`],
    );
    if (wrong.length > 0) throw new Error(`wrong types: ${wrong.join(', ')}`);
  } catch (error) {
    throw new UserError(
      `${path} cannot be read as the table ${table}: ${messageOf(error)}\n` +
        'The file is broken or from another version; run the scenario again, or remove the file to judge without it.',
    );
  }
}

/** Numbers may be narrower or wider than those of TABLES; a text that should be a number breaks each comparison. */
function familyOf(type: string): string {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|UINTEGER|DOUBLE|FLOAT|DECIMAL.*)$/.test(type)
    ? 'number'
    : type;
}

function phasesSql(run: RunRecord): string {
  const rows = run.phases.map(
    ({ name, startUs, endUs }) =>
      `(${literal(name)}, ${Math.round(startUs)}::BIGINT, ${Math.round(endUs)}::BIGINT)`,
  );
  const columns = 'name, start_us, end_us';
  return rows.length === 0
    ? `CREATE VIEW phases AS SELECT '' AS name, 0::BIGINT AS start_us, 0::BIGINT AS end_us WHERE false`
    : `CREATE VIEW phases AS SELECT * FROM (VALUES ${rows.join(', ')}) AS v(${columns})`;
}
