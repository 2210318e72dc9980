/** The evidence of a run's folder, opened to be judged. Nothing in the folder is changed; a large run spills into it. */
import type { Evidence, PlacedFault, RunRecord } from '../contracts.ts';
import { type Changes, changesSince } from './checksums.ts';
import { lockAway, openDatabase } from './database.ts';
import { DerivedTables } from './derived.ts';
import { dictionary, type TableEntry } from './dictionary.ts';
import { loadTables } from './load.ts';
import { type Parameters, queryRows } from './query.ts';
import { removeTemporary, temporaryFolder } from './temporary.ts';

export interface OpenEvidence extends Evidence {
  /** What of the sampler's decisions is not predicted exactly, and why. */
  readonly warnings: readonly string[];
  /** The tables, those that do not exist included, with what they hold. */
  tables(): Promise<readonly TableEntry[]>;
  /** What of the run's files is not as the run left it. */
  changes(): Promise<Changes>;
  close(): void;
}

/**
 * Opens the tables of `<runFolder>/evidence/`. The derived tables (phases, calls, traces, fate) are built when a query
 * first names them, and kept until `close`. Queries run one after the other; they can read the evidence, and no other file,
 * and write nothing.
 * @param faults the faults of the scenario, as the proofs of the assertions need them
 * @throws UserError when a file is there and not readable as a Parquet file with the table's columns, or when the
 * Collector configuration of the run is needed and not readable
 */
export async function openEvidence(
  runFolder: string,
  run: RunRecord,
  faults: readonly PlacedFault[],
): Promise<OpenEvidence> {
  const temporary = temporaryFolder(runFolder);
  const database = await openDatabase(':memory:', temporary);
  const close = () => {
    database.close();
    removeTemporary(temporary);
  };
  try {
    const loaded = await loadTables(database.connection, runFolder, run);
    await lockAway(database, loaded.files);
    const derived = new DerivedTables(database.connection, runFolder, run, loaded);
    let last: Promise<unknown> = Promise.resolve();
    return {
      run,
      faults,
      sources: loaded.sources,
      get warnings() {
        return derived.warnings;
      },
      tables: () => dictionary(database.connection, loaded, derived),
      changes: () => changesSince(runFolder, run),
      query<Row extends object>(sql: string, parameters: Parameters = {}): Promise<Row[]> {
        const rows = last.then(async () => {
          await derived.prepare(sql);
          return queryRows<Row>(database.connection, sql, parameters, (table) => derived.whyAbsent(table));
        });
        last = rows.catch(() => undefined);
        return rows;
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
