import { isOneOf } from './books.ts';
import type { FlawKind } from './flaws.ts';

/**
 * The named subqueries over stock, reservations and orders. Rows that occur twice count once: a unit that was truly
 * reserved twice is missing from the stock. `held` are units taken out of stock, `compared` what paid orders ask for
 * and hold.
 */
export const STOCK_SQL = `WITH
  orders AS (SELECT DISTINCT id, trace_id, state, items FROM books_orders),
  products AS (SELECT DISTINCT product_id, stock, initial_stock FROM books_stock),
  reservations AS (SELECT DISTINCT order_id, product_id, quantity, state FROM books_reservations),
  held AS (SELECT order_id, product_id, quantity FROM reservations WHERE state = 'reserved'),
  paid AS (
    SELECT id, trace_id, TRY(from_json(items, '[{"productId":"BIGINT","quantity":"BIGINT"}]')) AS lines
    FROM orders WHERE state = 'paid'),
  lines AS (
    SELECT id, line.productId AS product_id, line.quantity AS quantity
    FROM (SELECT DISTINCT id, unnest(lines) AS line, generate_subscripts(lines, 1) AS position FROM paid)),
  compared AS (
    SELECT coalesce(w.order_id, h.order_id) AS order_id, coalesce(w.units, 0) AS wanted, coalesce(h.units, 0) AS held
    FROM (SELECT id AS order_id, product_id, sum(quantity) AS units FROM lines GROUP BY ALL) w
    FULL JOIN (SELECT order_id, product_id, sum(quantity) AS units FROM held
               WHERE order_id IN (SELECT id FROM paid) GROUP BY ALL) h
      ON h.order_id = w.order_id AND h.product_id = w.product_id),
  differing AS (
    SELECT p.product_id FROM products p
    LEFT JOIN (SELECT product_id, sum(quantity) AS units FROM held GROUP BY product_id) h
      ON h.product_id = p.product_id
    WHERE p.initial_stock - p.stock IS DISTINCT FROM coalesce(h.units, 0)
    UNION SELECT product_id FROM products GROUP BY product_id HAVING count(*) > 1
    UNION SELECT product_id FROM held WHERE EXISTS (SELECT 1 FROM products)
            AND NOT EXISTS (SELECT 1 FROM products p WHERE p.product_id = held.product_id))`;

/** A reserved unit may belong to an order that is paid, or to one that is known to be open. */
export const MAY_HOLD = isOneOf('o.state', ['paid', 'pending', 'accepted']);

/** Gives each product of a subquery the traces of the orders that ever reserved it. */
function tracedProducts(products: string): string {
  return `SELECT x.product_id, o.trace_id FROM (${products}) x
          LEFT JOIN reservations r ON r.product_id = x.product_id LEFT JOIN orders o ON o.id = r.order_id`;
}

/** Gives rows of reservations the trace of their order, where there is one. */
function tracedReservations(condition: string): string {
  return `SELECT concat_ws('/', coalesce(r.order_id, '?'), r.product_id), o.trace_id
          FROM reservations r LEFT JOIN orders o ON o.id = r.order_id WHERE ${condition}`;
}

/** Ways in which stock, reservations and orders do not fit together. */
export const STOCK_FLAWS: readonly FlawKind[] = [
  {
    id: 'productsDiffering',
    one: 'product whose stock and reservations differ',
    many: 'products whose stock and reservations differ',
    remedy: 'change stock and reservation in one transaction',
    sql: tracedProducts('SELECT product_id FROM differing'),
  },
  {
    id: 'productsBelowZero',
    one: 'product sold below zero',
    many: 'products sold below zero',
    remedy: 'take from the stock only what is there, in one statement',
    sql: tracedProducts('SELECT product_id FROM products WHERE stock < 0'),
  },
  {
    id: 'leakedReservations',
    one: 'reservation leaked',
    many: 'reservations leaked',
    remedy: 'release what an order holds when it ends unpaid',
    sql: tracedReservations(`r.state = 'reserved' AND NOT ${MAY_HOLD}`),
  },
  {
    id: 'ordersShort',
    one: 'paid order sold without all of its stock',
    many: 'paid orders sold without all of their stock',
    remedy: 'reserve every item before the order is paid, and keep it reserved',
    sql: `SELECT p.id, p.trace_id FROM compared c JOIN paid p ON p.id = c.order_id WHERE c.held < c.wanted`,
  },
  {
    id: 'ordersOver',
    one: 'paid order that holds more than it sold',
    many: 'paid orders that hold more than they sold',
    remedy: 'make reserving idempotent by order and product',
    sql: `SELECT p.id, p.trace_id FROM compared c JOIN paid p ON p.id = c.order_id WHERE c.held > c.wanted`,
  },
  {
    // What cannot be read is counted as nothing in the sums, and must not pass for nothing.
    id: 'unreadableOrders',
    one: 'paid order whose items cannot be read',
    many: 'paid orders whose items cannot be read',
    remedy: 'store items as [{"productId", "quantity"}], with at least one',
    sql: `SELECT id, trace_id FROM paid
          WHERE coalesce(len(lines), 0) = 0
            OR id IN (SELECT id FROM lines WHERE product_id IS NULL OR coalesce(quantity, 0) < 1)`,
  },
  {
    id: 'unreadableReservations',
    one: 'reservation without a known state or a quantity',
    many: 'reservations without a known state or a quantity',
    remedy: 'look at the reservations of its order',
    // Nothing can be put back of an order that never reserved it, but not nothing taken out.
    sql: tracedReservations(
      `NOT ${isOneOf('r.state', ['reserved', 'released'])}
       OR coalesce(r.quantity < CASE r.state WHEN 'reserved' THEN 1 ELSE 0 END, true)`,
    ),
  },
];
