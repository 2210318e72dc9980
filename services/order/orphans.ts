import { z } from 'zod';
import { expectSuccess } from '../lib/client.ts';
import type { Database } from '../lib/database.ts';
import { Deadline } from '../lib/deadline.ts';
import { withSpan } from '../lib/spans.ts';
import { releaseStock, type Stock } from './stock.ts';
import { notStored } from './store.ts';

const LIST_MS = 2000;
const RELEASE_MS = 2000;

const cursorSchema = z.object({ reservedUs: z.number(), orderId: z.uuid(), productId: z.int() });
const reservationSchema = cursorSchema.extend({ quantity: z.int() });
const pageSchema = z.object({ reservations: z.array(reservationSchema) });
type Cursor = z.output<typeof cursorSchema>;
type Reservation = z.output<typeof reservationSchema>;

const BEGINNING: Cursor = { reservedUs: 0, orderId: '00000000-0000-0000-0000-000000000000', productId: 0 };

const READ_DONE = { name: 'orphans_read_done', text: "SELECT done FROM searches WHERE name = 'orphans'" };
const WRITE_DONE = {
  name: 'orphans_write_done',
  text: `INSERT INTO searches (name, done) VALUES ('orphans', $1::json)
ON CONFLICT (name) DO UPDATE SET done = excluded.done`,
};

/**
 * Releases the stock that is reserved for orders that were never stored: a process that dies between the two leaves it
 * behind. Each call goes on where the last has come to, be it in a process before this one. Rejects when the stock
 * or the database cannot be asked; then nothing is passed over.
 * @param olderThanMs longer than any order takes from its reservation until it is stored
 */
export async function releaseOrphans(database: Database, stock: Stock, olderThanMs: number): Promise<void> {
  const [row] = await database.query<{ done: unknown }>(READ_DONE);
  let done = row === undefined ? BEGINNING : cursorSchema.parse(row.done);
  for (;;) {
    const page = await pageAfter(stock, done, olderThanMs);
    const last = page.at(-1);
    if (last === undefined) return;
    const ids = [...new Set(page.map(({ orderId }) => orderId))];
    const orphans = await notStored(database, ids);
    for (const orderId of ids) {
      if (!orphans.has(orderId)) continue;
      const items = page.filter((each) => each.orderId === orderId);
      await releaseOne(stock, orderId, items);
    }
    done = cursorSchema.parse(last);
    await database.query(WRITE_DONE, [JSON.stringify(done)]);
  }
}

async function pageAfter(
  { inventory }: Stock,
  done: Cursor,
  olderThanMs: number,
): Promise<readonly Reservation[]> {
  using deadline = new Deadline(LIST_MS);
  const query = new URLSearchParams({
    reservedUs: `${done.reservedUs}`,
    orderId: done.orderId,
    productId: `${done.productId}`,
    olderThanMs: `${olderThanMs}`,
  });
  const answer = await inventory.call({
    method: 'GET',
    path: `/inventory/reservations?${query}`,
    deadline,
  });
  return pageSchema.parse(expectSuccess(inventory.name, answer)).reservations;
}

function releaseOne(stock: Stock, orderId: string, held: readonly Reservation[]): Promise<void> {
  return withSpan('stock.release', { 'order.id': orderId }, async () => {
    using deadline = new Deadline(RELEASE_MS);
    const items = held.map(({ productId, quantity }) => ({ productId, quantity }));
    await releaseStock(stock, orderId, items, deadline);
  });
}
