/** Appends row objects to one table, in chunks, so that neither JavaScript nor DuckDB works row by row. */
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunkWriter,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Columns } from './tables.ts';

/** A cell as the writer takes it; BIGINT columns take whole numbers. */
export type Cell = string | number | boolean | null;

export class TableWriter<Row extends object> {
  readonly #columns: readonly (readonly [name: string, big: boolean])[];
  readonly #appender: DuckDBAppender;
  readonly #chunks: DuckDBDataChunkWriter;
  #rows = 0;

  private constructor(columns: Columns, appender: DuckDBAppender) {
    this.#columns = Object.entries(columns).map(([name, type]) => [name, type === 'BIGINT'] as const);
    this.#appender = appender;
    this.#chunks = DuckDBDataChunkWriter.forAppender(appender);
  }

  /** A writer on an existing table, whose columns are `columns` in this order. */
  static async open<Row extends object>(
    connection: DuckDBConnection,
    table: string,
    columns: Columns,
  ): Promise<TableWriter<Row>> {
    return new TableWriter<Row>(columns, await connection.createAppender(table));
  }

  /** Rows written so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Adds a row; a missing or undefined property becomes NULL. Throws when a cell does not fit its column. */
  write(row: Row): void {
    const cells: DuckDBValue[] = this.#columns.map(([name, big]) => {
      const cell = (row as Record<string, Cell | undefined>)[name] ?? null;
      return big && typeof cell === 'number' ? BigInt(Math.round(cell)) : cell;
    });
    this.#chunks.appendRow(cells);
    this.#rows += 1;
  }

  /** Makes all rows visible to queries. */
  flush(): void {
    this.#chunks.flush();
    this.#appender.flushSync();
  }

  /** Flushes and ends the writer. */
  close(): void {
    this.#chunks.flush();
    this.#appender.closeSync();
  }
}
