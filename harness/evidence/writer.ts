/** Where the gatherers put their rows while a run goes on, and how the rows become Parquet files at its end. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Database, openDatabase } from './database.ts';
import { writeParquet } from './parquet.ts';
import { TableWriter } from './table-writer.ts';
import { type Columns, columnList, identifier, TABLES, type TableName } from './tables.ts';
import { removeTemporary, temporaryFolder } from './temporary.ts';

export class EvidenceWriter {
  readonly runFolder: string;
  readonly #database: Database;
  readonly #folder: string;

  private constructor(runFolder: string, folder: string, database: Database) {
    this.runFolder = runFolder;
    this.#folder = folder;
    this.#database = database;
  }

  /**
   * Makes `<runFolder>/evidence/`, in which the database also puts the rows that exceed its memory, so that memory does
   * not grow with the run.
   */
  static async create(runFolder: string): Promise<EvidenceWriter> {
    mkdirSync(join(runFolder, 'evidence'), { recursive: true });
    const folder = temporaryFolder(runFolder);
    const database = await openDatabase(':memory:', folder);
    return new EvidenceWriter(runFolder, folder, database);
  }

  get connection(): DuckDBConnection {
    return this.#database.connection;
  }

  /** Creates one of the evidence tables, empty, and a writer on it. */
  open<Row extends object>(table: TableName): Promise<TableWriter<Row>> {
    return this.openTable<Row>(table, TABLES[table]);
  }

  /** Creates any table, empty, and a writer on it. */
  async openTable<Row extends object>(table: string, columns: Columns): Promise<TableWriter<Row>> {
    await this.#database.run(`CREATE OR REPLACE TABLE ${identifier(table)} (${columnList(columns)})`);
    return TableWriter.open<Row>(this.#database.connection, table, columns);
  }

  /**
   * Writes a table's Parquet file and forgets the rows. Its writer must be closed.
   * @param select what the file holds; the whole table if not given
   */
  async save(table: string, select = `FROM ${identifier(table)}`): Promise<void> {
    await writeParquet(this.#database.connection, select, this.runFolder, table);
    await this.#database.run(`DROP TABLE IF EXISTS ${identifier(table)}`);
  }

  /** Closes the database and removes what it put on disk. The Parquet files stay. */
  close(): void {
    this.#database.close();
    removeTemporary(this.#folder);
  }
}
