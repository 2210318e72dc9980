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
// Why a statement above has reserved less than it was asked for.
const CHECK = {
  name: 'check_stock',
  text: `SELECT w.id, p.id IS NULL AS unknown, r.state
FROM unnest($2::int[], $3::int[]) AS w (id, quantity)
LEFT JOIN products p ON p.id = w.id
LEFT JOIN reservations r ON r.order_id = $1 AND r.product_id = w.id
WHERE r.state IS DISTINCT FROM 'reserved' AND (p.id IS NULL OR r.state = 'released' OR p.stock < w.quantity)
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
// What is reserved, the oldest first. All that was reserved in the same microsecond comes on one page, so that the next
// one can begin after it.
const LIST_RESERVED = {
  name: 'list_reserved',
  text: `SELECT order_id AS "orderId", json_agg(json_build_object('productId', product_id, 'quantity', quantity)) AS items,
  (extract(epoch FROM max(created_at)) * 1e6)::float8 AS "reservedUs"
FROM (
  SELECT order_id, product_id, quantity, created_at FROM reservations
  WHERE state = 'reserved' AND created_at > 'epoch'::timestamptz + $1 * interval '1 microsecond'
    AND created_at < now() - $2 * interval '1 ms'
  ORDER BY created_at FETCH FIRST $3 ROWS WITH TIES) AS r
GROUP BY order_id`,
};

/** What an order holds of the stock. */
export interface Reservation {
  readonly orderId: string;
  readonly items: readonly Item[];
  /** When it was made, in microseconds since the epoch. */
  readonly reservedUs: number;
}

export interface ReservationsWanted {
  /** Made later than this, in microseconds since the epoch. */
  readonly afterUs: number;
  /** And longer ago than this. */
  readonly olderThanMs: number;
}

/** Rows of reservations on one page, about. */
const PAGE = 1000;

/** The oldest reservations of those wanted, a page of them. */
export function listReserved(
  database: Database,
  { afterUs, olderThanMs }: ReservationsWanted,
): Promise<Reservation[]> {
  return database.query<Reservation>(LIST_RESERVED, [afterUs, olderThanMs, PAGE]);
}

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
  const reserved = await database.query(RESERVE, values);
  if (reserved.length === items.length) return { allAvailable: true };
  const short = await database.query<{ id: number; unknown: boolean; state: string | null }>(CHECK, values);
  if (short.some(({ state }) => state === 'released'))
    throw new HttpError(409, 'reservation_released', `the reservation of order ${orderId} was released`);
  if (short.length === 0) return { allAvailable: true };
  return {
    allAvailable: false,
    unknown: short.filter((row) => row.unknown).map((row) => row.id),
    soldOut: short.filter((row) => !row.unknown).map((row) => row.id),
  };
}

/** Puts the order's items back, as far as they are reserved, and keeps them from being reserved later. */
export async function release(database: Database, orderId: string, items: readonly Item[]): Promise<void> {
  const [ids] = columnsOf(items);
  await database.query(RELEASE, [orderId, ids]);
}

function columnsOf(items: readonly Item[]): [ids: number[], quantities: number[]] {
  return [items.map((item) => item.productId), items.map((item) => item.quantity)];
}
