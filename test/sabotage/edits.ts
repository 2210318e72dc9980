/** Ways to change a copy of a run's folder. */
import { existsSync } from 'node:fs';
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Document } from 'yaml';
import type { BoundAssertion, RunRecord } from '../../harness/contracts.ts';
import { columnList, literal } from '../../harness/evidence/tables.ts';
import { sealAgain } from '../evidence/seal.ts';
import type { Copy, Edit } from './contract.ts';
import { edited, type Shipped } from './edit-configuration.ts';

/**
 * Changes tables of the evidence: the statements see the named ones under their names, and `victims` with the column
 * trace_id; what they leave of the named ones is written back, as if the run had left it so.
 */
export function tables(names: readonly string[], ...statements: readonly string[]): Edit {
  return async (copy) => {
    await changeTables(copy, names, statements);
    await sealAgain(copy.folder);
  };
}

/** The same, as by a hand that changes files after the run. */
export function tablesAfterwards(names: readonly string[], ...statements: readonly string[]): Edit {
  return (copy) => changeTables(copy, names, statements);
}

async function changeTables(
  { folder, victims }: Copy,
  names: readonly string[],
  statements: readonly string[],
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const file = (table: string): string => literal(fileOf(folder, table));
  try {
    await connection.run(`CREATE TABLE victims (${columnList({ trace_id: 'VARCHAR' })})`);
    for (const victim of victims) await connection.run(`INSERT INTO victims VALUES (${literal(victim)})`);
    for (const name of names)
      await connection.run(`CREATE TABLE ${name} AS FROM read_parquet(${file(name)})`);
    for (const statement of statements) {
      const { rowsChanged } = await connection.run(statement);
      if (rowsChanged === 0) throw new Error(`changed no row: ${statement}`);
    }
    for (const name of names) await connection.run(`COPY ${name} TO ${file(name)} (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Changes run.json. */
export function record(change: (run: RunRecord) => RunRecord): Edit {
  return ({ folder }) =>
    rewritten(join(folder, 'run.json'), (text) => JSON.stringify(change(JSON.parse(text)), null, 2));
}

/** Has the run judged by one assertion more. */
export function judgedBy({ id, options }: BoundAssertion): Edit {
  return record((run) => ({ ...run, assertions: [...run.assertions, { id, options }] }));
}

/** Changes the Collector's or Jaeger's configuration as the judge finds it. */
export function configuration(file: Shipped, edit: (document: Document) => void): Edit {
  return async ({ folder }) => {
    await rewritten(join(folder, 'configuration', file), (text) => edited(text, edit));
    await sealAgain(folder);
  };
}

/** A table that the run never had. */
export function without(table: string): Edit {
  return async ({ folder }) => {
    await rm(fileOf(folder, table));
    await sealAgain(folder);
  };
}

/** Cuts a table's file in half, as a full disk does. */
export function halved(table: string): Edit {
  return async ({ folder }) => {
    const file = fileOf(folder, table);
    await truncate(file, Math.floor((await stat(file)).size / 2));
  };
}

function fileOf(folder: string, table: string): string {
  const file = join(folder, 'evidence', `${table}.parquet`);
  if (existsSync(file)) return file;
  throw new Error(`the run has no ${file}`);
}

async function rewritten(file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`changed nothing in ${file}`);
  await writeFile(file, after);
}
