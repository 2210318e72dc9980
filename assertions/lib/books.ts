import { z } from 'zod';
import type { Evidence } from '../../harness/contracts.ts';

/** Name of a book as an option takes it: what follows `books_` in the name of its table. */
export const bookName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be the name of a book, such as orders');

/** States of an order in which nothing more happens to it; any other, NULL included, is an open one. */
export const ORDER_IS_FINAL = isOneOf('state', ['paid', 'declined', 'payment_failed', 'cancelled']);

/** States of a payment attempt in which nothing more happens to it. */
export const ATTEMPT_IS_FINAL = isOneOf('state', ['charged', 'declined', 'failed', 'refunded', 'voided']);

/** A condition that is false, and not NULL, where the column is NULL. */
export function isOneOf(column: string, values: readonly string[]): string {
  return `coalesce(${column} IN (${values.map((value) => `'${value}'`).join(', ')}), false)`;
}

/** Throws when the run lacks one of the books, with the list of those that it has. */
export async function checkBooks(evidence: Evidence, names: readonly string[]): Promise<void> {
  const tables = await evidence.query<{ name: string }>(
    `SELECT table_name[7:] AS name FROM information_schema.tables
     WHERE starts_with(table_name, 'books_') ORDER BY name`,
  );
  const known = tables.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(
    `the run has no book called ${unknown.join(', ')}. It has: ${known.join(', ')}. Add it to the books of the system '${evidence.run.system.name}'.`,
  );
}
