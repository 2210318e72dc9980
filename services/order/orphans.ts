import { randomBytes } from 'node:crypto';
import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { z } from 'zod';
import { expectSuccess } from '../lib/client.ts';
import type { Database } from '../lib/database.ts';
import { Deadline } from '../lib/deadline.ts';
import { withSpan } from '../lib/spans.ts';
import { releaseStock, type Stock } from './stock.ts';
import { notStored } from './store.ts';

const LIST_MS = 2000;
const RELEASE_MS = 2000;

const itemSchema = z.object({ productId: z.int(), quantity: z.int() });
const pageSchema = z.object({
  reservations: z.array(
    z.object({ orderId: z.uuid(), items: z.array(itemSchema).min(1), reservedUs: z.number() }),
  ),
});
type Reservation = z.output<typeof pageSchema>['reservations'][number];

/**
 * Releases the stock that is reserved for orders that were never stored: a process that dies between the two leaves it
 * behind. Each call goes on where the last has come to.
 */
export class Orphans {
  readonly #database: Database;
  readonly #stock: Stock;
  readonly #olderThanMs: number;
  /** All reservations until then belong to an order, or were released. */
  #doneUs = 0;

  /** @param olderThanMs longer than any order takes from its reservation until it is stored */
  constructor(database: Database, stock: Stock, olderThanMs: number) {
    this.#database = database;
    this.#stock = stock;
    this.#olderThanMs = olderThanMs;
  }

  /** Rejects when the stock or the database cannot be asked; then nothing is passed over. */
  async release(): Promise<void> {
    for (;;) {
      const page = await withoutTrace(() => this.#page());
      if (page.length === 0) return;
      const orphans = await notStored(
        this.#database,
        page.map(({ orderId }) => orderId),
      );
      for (const { orderId, items } of page) if (orphans.has(orderId)) await this.#releaseOne(orderId, items);
      this.#doneUs = Math.max(...page.map(({ reservedUs }) => reservedUs));
    }
  }

  async #page(): Promise<readonly Reservation[]> {
    const { inventory } = this.#stock;
    using deadline = new Deadline(LIST_MS);
    const path = `/inventory/reservations?afterUs=${this.#doneUs}&olderThanMs=${this.#olderThanMs}`;
    const answer = await inventory.call({ method: 'GET', path, deadline });
    return pageSchema.parse(expectSuccess(inventory.name, answer)).reservations;
  }

  #releaseOne(orderId: string, items: Reservation['items']): Promise<void> {
    return withSpan('stock.release', { 'order.id': orderId }, async () => {
      using deadline = new Deadline(RELEASE_MS);
      await releaseStock(this.#stock, orderId, items, deadline);
    });
  }
}

/** To look every few seconds, and find nothing, is no trace worth keeping: the callee is told that it is not sampled. */
function withoutTrace<Result>(work: () => Promise<Result>): Promise<Result> {
  const unsampled = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.NONE,
  };
  return context.with(trace.setSpanContext(ROOT_CONTEXT, unsampled), work);
}
