import { ORDER_IS_FINAL } from './books.ts';
import type { FlawKind } from './flaws.ts';

/**
 * The named subqueries over orders, notifications and outbox; parameters $paid and $compensated (kinds) and $topic.
 * Rows that occur twice count once. `asked` are the orders with the kind of notification that each must have (NULL =
 * none), `told` how many were delivered of each kind.
 */
export const NOTICES_SQL = `WITH
  orders AS (SELECT DISTINCT id, trace_id, state, accepted FROM books_orders),
  asked AS (
    SELECT id, trace_id, CASE
             WHEN state = 'paid' THEN $paid
             WHEN ${ORDER_IS_FINAL} AND accepted IS DISTINCT FROM false THEN $compensated END AS kind
    FROM orders),
  notices AS (
    SELECT id, order_id, kind, max(deliveries) AS deliveries FROM books_notifications
    WHERE id IS NOT NULL GROUP BY id, order_id, kind
    UNION ALL SELECT id, order_id, kind, deliveries FROM books_notifications WHERE id IS NULL),
  told AS (SELECT order_id, kind, count(*) AS times FROM notices WHERE deliveries >= 1 GROUP BY order_id, kind),
  answered AS (
    SELECT a.*, coalesce(t.times, 0) AS times
    FROM asked a LEFT JOIN told t ON t.order_id = a.id AND t.kind = a.kind WHERE a.kind IS NOT NULL),
  outbox AS (
    SELECT DISTINCT id, order_id, created_us, done_us FROM books_outbox WHERE coalesce(topic, $topic) = $topic)`;

/** Ways in which orders and notifications do not fit together. */
export const NOTICE_FLAWS: readonly FlawKind[] = [
  {
    id: 'missing',
    one: 'order without its notification',
    many: 'orders without their notification',
    remedy: 'write the notification to the outbox in the transaction that finishes the order',
    sql: 'SELECT id, trace_id FROM answered WHERE times = 0',
  },
  {
    id: 'duplicate',
    one: 'order notified more than once',
    many: 'orders notified more than once',
    remedy: 'send it under one idempotency key and let the receiver keep one',
    sql: 'SELECT id, trace_id FROM answered WHERE times > 1',
  },
  {
    id: 'unasked',
    one: 'notification that no order asked for',
    many: 'notifications that no order asked for',
    remedy: 'notify only of what the order became, once it is final',
    sql: `SELECT concat_ws('/', coalesce(CAST(n.id AS VARCHAR), '?'), n.order_id, n.kind), a.trace_id
          FROM notices n LEFT JOIN asked a ON a.id = n.order_id WHERE a.kind IS DISTINCT FROM n.kind
            OR n.kind IS NULL`,
  },
  {
    id: 'openOutbox',
    one: 'notification still in the outbox',
    many: 'notifications still in the outbox',
    remedy: 'see what keeps the relay from sending it, or wait longer for the system to come to rest',
    sql: `SELECT x.id, o.trace_id FROM outbox x LEFT JOIN orders o ON o.id = x.order_id WHERE x.done_us IS NULL`,
  },
];
