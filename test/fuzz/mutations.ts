/** Ways in which a run's folder comes to be broken: on its disk, in its tables, by clocks and by ids. */
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { identifier, literal, TABLES, type TableName } from '../../harness/evidence/tables.ts';

/** A mutation of a folder with its choices made, so that it can be told and done again. */
export type Mutation =
  /** Bytes of a file; `at` is a share of its length. */
  | { readonly kind: 'truncate'; readonly file: string; readonly at: number }
  | { readonly kind: 'flip'; readonly file: string; readonly at: number; readonly bits: number }
  | { readonly kind: 'zero'; readonly file: string; readonly at: number }
  | { readonly kind: 'append'; readonly file: string }
  | { readonly kind: 'swap'; readonly file: string; readonly other: string }
  /** Tables; `share` of their rows. */
  | { readonly kind: 'drop-column'; readonly table: TableName; readonly column: string }
  | { readonly kind: 'nulls'; readonly table: TableName; readonly column: string; readonly share: number }
  | { readonly kind: 'text-column'; readonly table: TableName; readonly column: string }
  | { readonly kind: 'duplicate-rows'; readonly table: TableName; readonly share: number }
  | { readonly kind: 'no-rows'; readonly table: TableName }
  /** Spans of the table. */
  | {
      readonly kind: 'clock-jump';
      readonly table: 'recording' | 'archive';
      readonly hours: number;
      readonly share: number;
    }
  | { readonly kind: 'backwards'; readonly table: 'recording' | 'archive'; readonly share: number }
  | { readonly kind: 'same-span-id'; readonly table: 'recording' | 'archive'; readonly share: number }
  | {
      readonly kind: 'same-trace-id';
      readonly table: 'recording' | 'archive' | 'ledger';
      readonly share: number;
    };

/** The files that a judge reads, from the run's folder. */
export function filesOf(folder: string): readonly string[] {
  const evidence = readdirSync(join(folder, 'evidence')).filter((name) => name.endsWith('.parquet'));
  return [
    ...evidence.map((name) => join('evidence', name)),
    'run.json',
    join('configuration', 'collector.yaml'),
    join('configuration', 'jaeger.yaml'),
  ].filter((name) => existsSync(join(folder, name)));
}

export const COLUMNS: readonly (readonly [table: TableName, column: string])[] = Object.entries(
  TABLES,
).flatMap(([table, columns]) =>
  Object.keys(columns).map((column): [TableName, string] => [table as TableName, column]),
);

/** Breaks the folder. */
export async function apply(folder: string, mutation: Mutation): Promise<void> {
  if ('file' in mutation) return breakFile(folder, mutation);
  const change = statementOf(mutation);
  const path = join(folder, 'evidence', `${mutation.table}.parquet`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE TABLE t AS FROM read_parquet(${literal(path)})`);
    await connection.run(change);
    await connection.run(`COPY t TO ${literal(path)} (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function breakFile(folder: string, mutation: Extract<Mutation, { file: string }>): void {
  const path = join(folder, mutation.file);
  const bytes = readFileSync(path);
  const at = 'at' in mutation ? Math.floor(mutation.at * Math.max(0, bytes.length - 1)) : 0;
  switch (mutation.kind) {
    case 'truncate':
      truncateSync(path, at);
      return;
    case 'flip':
      bytes[at] = (bytes[at] ?? 0) ^ mutation.bits;
      break;
    case 'zero':
      bytes.fill(0, at, Math.min(at + 512, bytes.length));
      break;
    case 'append':
      writeFileSync(path, Buffer.concat([bytes, Buffer.from('\0more')]));
      return;
    case 'swap': {
      const other = join(folder, mutation.other);
      writeFileSync(path, readFileSync(other));
      writeFileSync(other, bytes);
      return;
    }
  }
  rmSync(path);
  writeFileSync(path, bytes);
}

/** Rows are chosen by their content, so that the same mutation does the same each time. */
function chosen(share: number): string {
  return `hash(t::VARCHAR) % 1000 < ${Math.max(1, Math.round(share * 1000))}`;
}

function statementOf(mutation: Exclude<Mutation, { file: string }>): string {
  switch (mutation.kind) {
    case 'drop-column':
      return `ALTER TABLE t DROP COLUMN ${identifier(mutation.column)}`;
    case 'nulls':
      return `UPDATE t SET ${identifier(mutation.column)} = NULL WHERE ${chosen(mutation.share)}`;
    case 'text-column':
      return `ALTER TABLE t ALTER COLUMN ${identifier(mutation.column)} TYPE VARCHAR USING 'x' || ${identifier(mutation.column)}::VARCHAR`;
    case 'duplicate-rows':
      return `INSERT INTO t SELECT * FROM t WHERE ${chosen(mutation.share)}`;
    case 'no-rows':
      return 'DELETE FROM t';
    case 'clock-jump': {
      const us = Math.round(mutation.hours * 3600e6);
      return `UPDATE t SET start_us = start_us + ${us}, end_us = end_us + ${us} WHERE ${chosen(mutation.share)}`;
    }
    case 'backwards':
      return `UPDATE t SET end_us = start_us - 1 WHERE ${chosen(mutation.share)}`;
    case 'same-span-id':
      return `UPDATE t SET span_id = (SELECT min(span_id) FROM t) WHERE ${chosen(mutation.share)}`;
    case 'same-trace-id':
      return `UPDATE t SET trace_id = (SELECT min(trace_id) FROM t) WHERE ${chosen(mutation.share)}`;
  }
}
