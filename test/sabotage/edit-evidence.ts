import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { evidenceChecksums } from '../../harness/evidence/checksums.ts';
import { newFolder } from './folders.ts';

/** A copy of a run's folder, to be spoilt. */
export async function copyRun(folder: string): Promise<string> {
  const copy = join(await newFolder(), 'run');
  await cp(folder, copy, { recursive: true });
  return copy;
}

/**
 * Changes tables of a run's evidence: `statements` see the named tables under their names, and what they leave is written back.
 */
export async function editEvidence(
  folder: string,
  tables: readonly string[],
  statements: readonly string[],
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const file = (table: string): string => join(folder, 'evidence', `${table}.parquet`);
  try {
    for (const table of tables)
      await connection.run(`CREATE TABLE ${table} AS FROM read_parquet('${file(table)}')`);
    for (const statement of statements) {
      const { rowsChanged } = await connection.run(statement);
      // A sabotage that breaks nothing would prove nothing.
      if (rowsChanged === 0) throw new Error(`changed no row: ${statement}`);
    }
    for (const table of tables) await connection.run(`COPY ${table} TO '${file(table)}' (FORMAT parquet)`);
    await sealAgain(folder);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What the tables were spoilt into stands for what a run left, not for what somebody changed since. */
async function sealAgain(folder: string): Promise<void> {
  const file = join(folder, 'run.json');
  const record: object = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...record, evidence: await evidenceChecksums(folder) }, null, 2));
}
