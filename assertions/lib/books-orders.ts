import { ORDER_IS_FINAL } from './books.ts';
import type { FlawKind } from './flaws.ts';

/**
 * The named subqueries over requests and orders; parameters $route, $seed and the lists $paid, $accepted, $ambiguous
 * as JSON. A request's answer is what it promised: paid, accepted, ambiguous (a request without a record is, too),
 * refused, or undeclared. Rows that occur twice count once.
 */
export const ORDERS_SQL = `WITH
  requests AS (
    SELECT DISTINCT concat(CAST($seed AS VARCHAR), '-', seq) AS reference, trace_id, CASE
             WHEN status IS NULL THEN 'ambiguous'
             WHEN list_contains(from_json($paid, '["INTEGER"]'), status) THEN 'paid'
             WHEN list_contains(from_json($accepted, '["INTEGER"]'), status) THEN 'accepted'
             WHEN list_contains(from_json($ambiguous, '["INTEGER"]'), status) THEN 'ambiguous'
             WHEN status >= 400 THEN 'refused'
             ELSE 'undeclared' END AS answer
    FROM ledger WHERE route = $route),
  orders AS (SELECT DISTINCT id, reference, trace_id, state, accepted FROM books_orders),
  charged AS (
    SELECT order_id, count(*) AS times FROM (
      SELECT DISTINCT order_id, provider, amount, currency, charge_id FROM books_payments WHERE state = 'charged')
    GROUP BY order_id),
  answered AS (
    SELECT r.answer, r.reference, r.trace_id, o.id, o.state, o.accepted,
           o.reference IS NOT NULL AS found, coalesce(o.state = 'paid', false) AS is_paid
    FROM requests r LEFT JOIN orders o ON o.reference = r.reference),
  traced AS (
    SELECT o.* REPLACE (coalesce(o.trace_id, r.trace_id) AS trace_id)
    FROM orders o LEFT JOIN requests r ON r.reference = o.reference)`;

/** Ways in which what the client was told and what the books say do not fit together. */
export const ORDER_FLAWS: readonly FlawKind[] = [
  {
    id: 'lostPaid',
    one: 'order lost that was answered as paid',
    many: 'orders lost that were answered as paid',
    remedy: 'store the order before it is answered',
    sql: `SELECT reference, trace_id FROM answered WHERE answer = 'paid' AND NOT found`,
  },
  {
    id: 'lostAccepted',
    one: 'order lost that was answered as accepted',
    many: 'orders lost that were answered as accepted',
    remedy: 'store the order before it is answered',
    sql: `SELECT reference, trace_id FROM answered WHERE answer = 'accepted' AND NOT found`,
  },
  {
    id: 'answeredPaidNotPaid',
    one: 'order answered as paid that is not',
    many: 'orders answered as paid that are not',
    remedy: 'answer only when the order is stored as paid',
    sql: `SELECT reference, trace_id FROM answered WHERE answer = 'paid' AND found AND NOT is_paid`,
  },
  {
    id: 'acceptedNotMarked',
    one: 'order answered as accepted that is not marked so',
    many: 'orders answered as accepted that are not marked so',
    remedy: 'mark the order as accepted before it is answered',
    sql: `SELECT reference, trace_id FROM answered
          WHERE answer = 'accepted' AND found AND accepted IS DISTINCT FROM true`,
  },
  {
    id: 'openOrders',
    one: 'order still open',
    many: 'orders still open',
    remedy:
      'see what keeps the order service from finishing it, or wait longer for the system to come to rest',
    sql: `SELECT id, trace_id FROM traced WHERE NOT ${ORDER_IS_FINAL}`,
  },
  {
    id: 'duplicateReferences',
    one: 'reference with several orders',
    many: 'references with several orders',
    remedy: 'make the reference of an order unique',
    sql: `SELECT reference, trace_id FROM traced WHERE reference IN (
            SELECT reference FROM orders GROUP BY reference HAVING count(*) > 1)`,
  },
  {
    id: 'unknownReferences',
    one: 'order of a request that the ledger does not know',
    many: 'orders of requests that the ledger does not know',
    remedy: "pass the request's reference on to the order, unchanged",
    sql: `SELECT id, trace_id FROM orders o
          WHERE NOT EXISTS (SELECT 1 FROM requests r WHERE r.reference = o.reference)`,
  },
  {
    id: 'paidThoughRefused',
    one: 'order paid though its request was refused',
    many: 'orders paid though their requests were refused',
    remedy: 'refuse a request only when its order has ended unpaid',
    sql: `SELECT reference, trace_id FROM answered WHERE answer = 'refused' AND is_paid`,
  },
  {
    id: 'paidWithoutOneCharge',
    one: "paid order without exactly one payment 'charged'",
    many: "paid orders without exactly one payment 'charged'",
    remedy: 'set an order paid together with its one payment',
    sql: `SELECT t.id, t.trace_id FROM traced t LEFT JOIN charged c ON c.order_id = t.id
          WHERE t.state = 'paid' AND coalesce(c.times, 0) <> 1`,
  },
];
