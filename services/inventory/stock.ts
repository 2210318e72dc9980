import type { Database } from '../lib/database.ts';
import { HttpError } from '../lib/http-error.ts';

export interface Item {
  readonly productId: number;
  readonly quantity: number;
}

/** Whether all items are reserved now; if not, why. */
export type StockCheck =
  | { readonly allAvailable: true }
  | {
      readonly allAvailable: false;
      readonly unknown: readonly number[];
      readonly soldOut: readonly number[];
    };

// All or nothing, in one statement and one round trip. Statements on the same products lock them in the same order, by
// id, and before their reservations, so that none waits for one that waits for it. A row that is there already is left
// alone, and so is its stock: the same call made twice reserves once, and a released reservation stays released.
const RESERVE = {
  name: 'reserve_stock',
  text: `WITH wanted AS (SELECT * FROM unnest($2::int[], $3::int[]) AS w (id, quantity)),
     locked AS MATERIALIZED (SELECT id, stock FROM products WHERE id = ANY ($2::int[]) ORDER BY id FOR UPDATE),
     reserved AS (
       INSERT INTO reservations (order_id, product_id, quantity, state)
       SELECT $1, w.id, w.quantity, 'reserved' FROM wanted w
       WHERE NOT EXISTS (
         SELECT FROM wanted LEFT JOIN locked USING (id)
         WHERE locked.id IS NULL OR (locked.stock < wanted.quantity AND NOT EXISTS (
           SELECT FROM reservations r WHERE r.order_id = $1 AND r.product_id = wanted.id)))
       ON CONFLICT DO NOTHING RETURNING product_id, quantity)
UPDATE products p SET stock = p.stock - r.quantity FROM reserved r WHERE p.id = r.product_id RETURNING p.id`,
};
// Why a statement above has reserved less than it was asked for: what is not reserved now.
const CHECK = {
  name: 'check_stock',
  text: `SELECT w.id, p.id IS NULL AS unknown, r.state, coalesce(p.stock < w.quantity, false) AS "soldOut"
FROM unnest($2::int[], $3::int[]) AS w (id, quantity)
LEFT JOIN products p ON p.id = w.id
LEFT JOIN reservations r ON r.order_id = $1 AND r.product_id = w.id
WHERE r.state IS DISTINCT FROM 'reserved'
ORDER BY w.id`,
};
// A release that comes before its reservation leaves a row that keeps the reservation from being made.
const RELEASE = {
  name: 'release_stock',
  text: `WITH locked AS MATERIALIZED (SELECT id FROM products WHERE id = ANY ($2::int[]) ORDER BY id FOR UPDATE),
     released AS (
       INSERT INTO reservations AS r (order_id, product_id, quantity, state)
       SELECT $1, id, 0, 'released' FROM locked
       ON CONFLICT (order_id, product_id) DO UPDATE SET state = 'released' WHERE r.state = 'reserved'
       RETURNING product_id, quantity)
UPDATE products p SET stock = p.stock + r.quantity FROM released r WHERE p.id = r.product_id AND r.quantity > 0`,
};
// What is reserved, the oldest first, from behind the last row of the page before.
const LIST_RESERVED = {
  name: 'list_reserved',
  text: `SELECT order_id AS "orderId", product_id AS "productId", quantity,
  (extract(epoch FROM created_at) * 1e6)::float8 AS "reservedUs"
FROM reservations
WHERE state = 'reserved' AND created_at < now() - $4 * interval '1 ms'
  AND (created_at, order_id, product_id) > ('epoch'::timestamptz + $1 * interval '1 microsecond', $2::uuid, $3::int)
ORDER BY reservations.created_at, reservations.order_id, reservations.product_id LIMIT $5`,
};

/** What an order holds of a product. */
export interface Reservation extends Item {
  readonly orderId: string;
  /** When it was made, in microseconds since the epoch. */
  readonly reservedUs: number;
}

/** Where a page of reservations ends; see listReserved. */
export type ReservedCursor = Pick<Reservation, 'reservedUs' | 'orderId' | 'productId'>;

const PAGE = 1000;

/** The oldest reservations after the cursor that were made longer ago than `olderThanMs`, in that order, a page of them. */
export function listReserved(
  database: Database,
  { reservedUs, orderId, productId }: ReservedCursor,
  olderThanMs: number,
): Promise<Reservation[]> {
  return database.query<Reservation>(LIST_RESERVED, [reservedUs, orderId, productId, olderThanMs, PAGE]);
}

/** Others may have put back what was missing, between the statement that reserves and the one that asks why it did not. */
const ATTEMPTS = 3;

/**
 * Reserves all items for the order, or none of them; made twice it reserves once. Throws HttpError 409 when the order's
 * reservation was released before.
 */
export async function reserve(
  database: Database,
  orderId: string,
  items: readonly Item[],
): Promise<StockCheck> {
  const values = [orderId, ...columnsOf(items)];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const reserved = await database.query(RESERVE, values);
    if (reserved.length === items.length) return { allAvailable: true };
    const open = await database.query<Unreserved>(CHECK, values);
    if (open.length === 0) return { allAvailable: true };
    if (open.some(({ state }) => state === 'released'))
      throw new HttpError(409, 'reservation_released', `the reservation of order ${orderId} was released`);
    const unknown = open.filter((row) => row.unknown).map((row) => row.id);
    const soldOut = open.filter((row) => row.soldOut).map((row) => row.id);
    if (unknown.length + soldOut.length > 0) return { allAvailable: false, unknown, soldOut };
  }
  throw new HttpError(503, 'stock_contended', `the stock for order ${orderId} changes too fast`);
}

interface Unreserved {
  readonly id: number;
  readonly unknown: boolean;
  readonly soldOut: boolean;
  readonly state: string | null;
}

/** Puts the order's items back, as far as they are reserved, and keeps them from being reserved later. */
export async function release(database: Database, orderId: string, items: readonly Item[]): Promise<void> {
  const [ids] = columnsOf(items);
  await database.query(RELEASE, [orderId, ids]);
}

function columnsOf(items: readonly Item[]): [ids: number[], quantities: number[]] {
  return [items.map((item) => item.productId), items.map((item) => item.quantity)];
}
