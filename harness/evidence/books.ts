/** The books: what the business believes at the end, as tables. */
import type { Book } from '../contracts.ts';
import { messageOf } from '../errors.ts';
import { readRows } from './books-service.ts';
import { readTable } from './books-sql.ts';
import type { EvidenceWriter } from './writer.ts';

export interface BooksOptions {
  /** Direct, not by a proxy; undefined when the system has no database. */
  readonly databaseUrl: string | undefined;
  /** Base URL of a service, direct. */
  serviceUrl(name: string): string;
  readonly signal?: AbortSignal;
}

export interface BooksGathered {
  /** Rows by book. */
  readonly rows: Readonly<Record<string, number>>;
  /** Books that could not be read, and why. */
  readonly failed: Readonly<Record<string, string>>;
}

/** Reads each book into `books_<name>.parquet`. A book that cannot be read does not keep the others from it. */
export async function gatherBooks(
  evidence: EvidenceWriter,
  books: readonly Book[],
  options: BooksOptions,
): Promise<BooksGathered> {
  const rows: Record<string, number> = {};
  const failed: Record<string, string> = {};
  for (const { name, from } of books) {
    const table = `books_${name}`;
    try {
      options.signal?.throwIfAborted();
      if ('sql' in from) {
        if (options.databaseUrl === undefined) throw new Error('the system has no database');
        rows[name] = await readTable(evidence, table, options.databaseUrl, from.sql);
      } else {
        const url = new URL(from.path, options.serviceUrl(from.service)).href;
        rows[name] = await readRows(evidence, table, url, from.columns, options.signal);
      }
      await evidence.save(table);
    } catch (error) {
      options.signal?.throwIfAborted();
      failed[name] = messageOf(error);
    }
  }
  return { rows, failed };
}
