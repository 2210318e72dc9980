import { ATTEMPT_IS_FINAL, ORDER_IS_FINAL } from './books.ts';
import type { FlawKind } from './flaws.ts';

export interface ChargeBooks {
  readonly orders: string;
  readonly payments: string;
  readonly providers: readonly { readonly name: string; readonly book: string }[];
}

/**
 * The named subqueries over the books of orders, payments and charges. Rows that occur twice count once. `money` is
 * what each charge took and gave back, `net` the sums by order and by provider, `judged` the orders with their sum. A
 * provider may have been tried several times: `unclaimed` is what it has beyond the attempts that say so.
 */
export function chargesSql({ orders, payments, providers }: ChargeBooks): string {
  const charges = providers.map(
    ({ name, book }) =>
      `SELECT DISTINCT '${name}' AS provider, id, order_id, currency, status,
              TRY_CAST(amount AS DECIMAL(18, 3)) AS amount, TRY_CAST(refunded AS DECIMAL(18, 3)) AS refunded
       FROM books_${book}`,
  );
  return `WITH
  orders AS (SELECT DISTINCT id, trace_id, state, amount FROM books_${orders}),
  attempts AS (SELECT DISTINCT order_id, provider, amount, currency, state, charge_id FROM books_${payments}),
  providers AS (SELECT unnest([${providers.map(({ name }) => `'${name}'`).join(', ')}]) AS name),
  charges AS (${charges.join(' UNION ALL ')}),
  money AS (
    SELECT *, CASE WHEN status = 'succeeded' THEN coalesce(amount, 0) ELSE 0 END AS captured,
           coalesce(refunded, 0) AS returned
    FROM charges),
  net AS (SELECT order_id, sum(captured - returned) AS net FROM money GROUP BY order_id),
  claimed AS (
    SELECT provider, order_id, sum(amount) AS amount FROM attempts WHERE state = 'charged'
    GROUP BY provider, order_id),
  net_of_provider AS (
    SELECT m.provider, m.order_id, sum(m.captured - m.returned) AS net, net - coalesce(any_value(c.amount), 0) AS unclaimed
    FROM money m LEFT JOIN claimed c ON c.provider = m.provider AND c.order_id = m.order_id
    GROUP BY m.provider, m.order_id),
  judged AS (
    SELECT o.*, coalesce(o.state = 'paid', false) AS paid, coalesce(n.net, 0) AS net
    FROM orders o LEFT JOIN net n ON n.order_id = o.id)`;
}

/** Gives rows with an order_id the trace of their order, where there is one. */
function traced(key: string, rows: string): string {
  return `SELECT ${key}, o.trace_id FROM (${rows}) x LEFT JOIN orders o ON o.id = x.order_id`;
}

const PROVIDER_OF_ORDER = `concat_ws('/', coalesce(x.provider, '?'), coalesce(x.order_id, '?'))`;

/** Ways in which orders, attempts and charges do not fit together. */
export const CHARGE_FLAWS: readonly FlawKind[] = [
  {
    id: 'chargedTooMuch',
    one: 'paid order charged twice or too much',
    many: 'paid orders charged twice or too much',
    remedy: 'repeat a charge under the same idempotency key only, and ask one provider before the next',
    sql: 'SELECT id, trace_id FROM judged WHERE paid AND net > coalesce(amount, 0)',
  },
  {
    id: 'chargedNotPaid',
    one: 'order charged though not paid',
    many: 'orders charged though not paid',
    remedy: 'refund what was taken when an order ends unpaid',
    sql: 'SELECT id, trace_id FROM judged WHERE NOT paid AND net > 0',
  },
  {
    id: 'paidNotCharged',
    one: 'paid order not charged in full',
    many: 'paid orders not charged in full',
    remedy: 'set an order paid only when the provider confirmed its whole amount',
    sql: 'SELECT id, trace_id FROM judged WHERE paid AND (amount IS NULL OR net < amount)',
  },
  {
    id: 'chargesWithoutOrder',
    one: 'charged order that does not exist',
    many: 'charged orders that do not exist',
    remedy: 'store the order before it is charged',
    sql: `SELECT coalesce(m.order_id, concat('charge ', m.id)) AS key, NULL FROM money m
          WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = m.order_id)
          GROUP BY key HAVING sum(m.captured - m.returned) <> 0`,
  },
  {
    id: 'refundedTooMuch',
    one: 'charge refunded beyond what it captured',
    many: 'charges refunded beyond what they captured',
    remedy: 'make refunds idempotent',
    sql: traced(`concat_ws('/', x.provider, x.id)`, 'SELECT * FROM money WHERE returned > captured'),
  },
  {
    id: 'openAttempts',
    one: 'payment attempt still open',
    many: 'payment attempts still open',
    remedy: 'ask the provider what became of it, then settle or void it',
    sql: traced(PROVIDER_OF_ORDER, `SELECT * FROM attempts WHERE NOT ${ATTEMPT_IS_FINAL}`),
  },
  {
    id: 'openOrders',
    one: 'order still open',
    many: 'orders still open',
    remedy:
      'see what keeps the order service from finishing it, or wait longer for the system to come to rest',
    sql: `SELECT id, trace_id FROM orders WHERE NOT ${ORDER_IS_FINAL}`,
  },
  {
    // The row says what the provider does not, or the provider has money of which no row knows.
    id: 'disagreements',
    one: 'payment on which shop and provider disagree',
    many: 'payments on which shop and provider disagree',
    remedy: "reconcile the payments with the provider's charges",
    sql: traced(
      PROVIDER_OF_ORDER,
      `SELECT a.provider, a.order_id FROM attempts a
       WHERE a.state = 'charged' AND NOT EXISTS (
         SELECT 1 FROM money m
         WHERE m.provider = a.provider AND m.order_id = a.order_id AND m.status = 'succeeded'
           AND m.amount = a.amount AND m.returned = 0 AND (a.charge_id IS NULL OR m.id = a.charge_id))
       UNION ALL
       SELECT a.provider, a.order_id FROM attempts a
       WHERE a.state IN ('failed', 'voided', 'declined', 'refunded') AND EXISTS (
         SELECT 1 FROM net_of_provider n
         WHERE n.provider = a.provider AND n.order_id = a.order_id AND n.unclaimed <> 0)
       UNION ALL
       SELECT n.provider, n.order_id FROM net_of_provider n
       WHERE n.net <> 0 AND NOT EXISTS (
         SELECT 1 FROM attempts a WHERE a.provider = n.provider AND a.order_id = n.order_id)
       UNION ALL
       SELECT a.provider, a.order_id FROM attempts a
       WHERE NOT EXISTS (SELECT 1 FROM providers p WHERE p.name = a.provider)`,
    ),
  },
  {
    id: 'currencyDiffers',
    one: 'order whose attempts and charges differ in currency',
    many: 'orders whose attempts and charges differ in currency',
    remedy: 'charge in the currency of the payment',
    sql: traced(
      'x.order_id',
      `SELECT order_id FROM (
         SELECT order_id, currency FROM attempts
         UNION ALL SELECT order_id, currency FROM money WHERE status = 'succeeded')
       WHERE order_id IS NOT NULL
       GROUP BY order_id HAVING count(DISTINCT upper(currency)) > 1 OR bool_or(currency IS NULL)`,
    ),
  },
  {
    // What cannot be read is counted as nothing in the sums, and must not pass for nothing.
    id: 'unreadableCharges',
    one: 'charge without an id, a state, an amount or a refunded amount',
    many: 'charges without an id, a state, an amount or a refunded amount',
    remedy: "look at the provider's list of charges",
    sql: traced(
      `concat_ws('/', x.provider, x.id)`,
      `SELECT * FROM charges
       WHERE id IS NULL OR coalesce(status NOT IN ('succeeded', 'failed'), true)
         OR status = 'succeeded' AND (amount IS NULL OR refunded IS NULL)`,
    ),
  },
];
