/** What each table of a run's evidence holds, for whoever queries it by hand. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf } from '../errors.ts';
import { DERIVED, type DerivedTables } from './derived.ts';
import type { Loaded } from './load.ts';
import { queryRows } from './query.ts';
import { identifier, isTableName, TABLES } from './tables.ts';

export interface TableEntry {
  readonly name: string;
  /** What a row is. */
  readonly meaning: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Why the table does not exist in this run. */
  readonly absent?: string;
}

type Named = keyof typeof TABLES | (typeof DERIVED)[number] | 'phases';

const MEANINGS: Readonly<Record<Named, string>> = {
  ledger: 'a row a planned request: when it was due and sent, and what the client got',
  recording: 'a row a span as the services sent it, before the sampler',
  archive: 'a row a span that the tracing backend kept',
  timeline: 'a row an event of the run: phases, faults applied, verified and reverted, parts that died',
  gauges: 'a row a measurement of a part, of the machine, or of the Collector by its own metrics',
  phases: 'a row a phase of the load, with its start and end',
  calls: 'a row a call over an edge of the system (from recording)',
  traces: 'a row a recorded trace (from recording)',
  orphans: 'a row a recorded span whose parent was not recorded, entry spans included (from recording)',
  prediction:
    "a row a recorded trace: what the Collector's configuration decides for it, and by which policy",
  rises: 'a row a stretch of time in which a counter of the pipeline rose, and by how much (from gauges)',
  losses:
    'a row a stretch of time in which a counter of lost spans rose, by kind of loss and part (from gauges)',
  outages: 'a row a time in which a part was ended, or had died (from timeline)',
  arrivals:
    'a row a recorded trace: when its first and last span reached the Collector, about (from recording)',
  missing_spans:
    'a row a span that was made and not recorded, and where it was lost (from ledger and recording)',
  conservation: 'a row a stage of the pipeline: what went in, came out, and was lost by its own account',
  fate: 'a row a request: what was promised, predicted and observed of its trace, and where it was lost',
};

/** The tables in the order in which one reads them: evidence, books, then what is derived from them. */
export async function dictionary(
  connection: DuckDBConnection,
  loaded: Pick<Loaded, 'books'>,
  derived: DerivedTables,
): Promise<readonly TableEntry[]> {
  const books = loaded.books.map((name): [string, string] => [
    name,
    `what the business believes at the end: ${name.replace(/^books_/, '').replaceAll('_', ' ')}`,
  ]);
  const meaning = (name: Named): [string, string] => [name, MEANINGS[name]];
  const entries: TableEntry[] = [];
  for (const [name, text] of [
    ...[...tableNames(), 'phases' as const].map(meaning),
    ...books,
    ...DERIVED.map(meaning),
  ])
    entries.push({ name, meaning: text, ...(await columnsOf(connection, derived, name)) });
  return entries;
}

async function columnsOf(
  connection: DuckDBConnection,
  derived: DerivedTables,
  name: string,
): Promise<Pick<TableEntry, 'columns' | 'absent'>> {
  const absent = derived.whyAbsent(name);
  if (absent !== undefined) return { columns: [], absent };
  try {
    await derived.prepare(name);
    const rows = await queryRows<{ column_name: string; column_type: string }>(
      connection,
      `DESCRIBE ${identifier(name)}`,
    );
    return { columns: rows.map((row) => ({ name: row.column_name, type: row.column_type })) };
  } catch (error) {
    // The configuration that it is made of may be missing.
    return { columns: [], absent: messageOf(error) };
  }
}

function tableNames(): readonly (keyof typeof TABLES)[] {
  return Object.keys(TABLES).filter(isTableName);
}
