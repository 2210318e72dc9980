import type { Database } from '../lib/database.ts';
import type { Items } from './request.ts';

/**
 * pending: it is being paid. accepted: it was taken without knowing whether all is in stock. The others are final;
 * cancelled is an accepted order that turned out not to be in stock.
 */
export type OrderState = 'pending' | 'accepted' | 'paid' | 'declined' | 'payment_failed' | 'cancelled';

export interface Order {
  readonly id: string;
  readonly reference: string | null;
  readonly customerId: string;
  readonly state: OrderState;
  /** In minor units. */
  readonly amount: number;
  readonly items: Items;
  readonly paymentToken: string;
  /** Whether it was taken without knowing whether all is in stock. */
  readonly accepted: boolean;
  readonly traceId: string;
}

/** What is to be done for an order later, surely and perhaps twice; see outbox.ts. */
export const TOPICS = ['notify', 'release', 'cancel-payment', 'confirm'] as const;
export type Topic = (typeof TOPICS)[number];

export interface Task {
  readonly topic: Topic;
  readonly kind?: 'order_paid' | 'order_cancelled';
}

/** The tasks of an order, and the trace context of whoever asks for them. */
export interface Tasks {
  readonly tasks: readonly Task[];
  readonly traceparent: string;
}

const COLUMNS = `id, reference, customer_id AS "customerId", state, amount, items, payment_token AS "paymentToken",
accepted, trace_id AS "traceId"`;

// Order and tasks are written in one statement: either both are there, or neither.
const INSERT = {
  name: 'insert_order',
  text: `WITH tasks AS (
  INSERT INTO outbox (topic, order_id, kind, traceparent)
  SELECT t.topic, $1, t.kind, $9 FROM unnest($10::text[], $11::text[]) AS t (topic, kind))
INSERT INTO orders (id, reference, customer_id, state, accepted, amount, items_count, items, payment_token, trace_id)
VALUES ($1, $2, $3, $4, $4 = 'accepted', $5, json_array_length($6::json), $6::json, $7, $8)`,
};
const FINISH = {
  name: 'finish_order',
  text: `WITH done AS (
  UPDATE orders SET state = $2 WHERE id = $1 AND state IN ('pending', 'accepted') RETURNING id),
tasks AS (
  INSERT INTO outbox (topic, order_id, kind, traceparent)
  SELECT t.topic, done.id, t.kind, $3 FROM done, unnest($4::text[], $5::text[]) AS t (topic, kind))
SELECT id FROM done`,
};
const READ = { name: 'read_order', text: `SELECT ${COLUMNS} FROM orders WHERE id = $1` };
// An order that is still pending after so long was left behind by a process that died.
const EXPIRE = {
  name: 'expire_orders',
  text: `WITH expired AS (
  UPDATE orders SET state = 'payment_failed'
  WHERE state = 'pending' AND created_at < now() - $1 * interval '1 ms' RETURNING id)
INSERT INTO outbox (topic, order_id) SELECT topic, id FROM expired, unnest(ARRAY['release', 'cancel-payment']) AS t (topic)`,
};
const NOT_STORED = {
  name: 'orders_not_stored',
  text: 'SELECT id FROM unnest($1::uuid[]) AS asked (id) WHERE NOT EXISTS (SELECT FROM orders WHERE orders.id = asked.id)',
};

/** Those of the ids of which there is no order. */
export async function notStored(database: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ id: string }>(NOT_STORED, [ids]);
  return new Set(rows.map(({ id }) => id));
}

/** Stores an order, with what is to be done for it. */
export async function insertOrder(
  database: Database,
  order: Order,
  { tasks, traceparent }: Tasks,
): Promise<void> {
  await database.query(INSERT, [
    order.id,
    order.reference,
    order.customerId,
    order.state,
    order.amount,
    JSON.stringify(order.items),
    order.paymentToken,
    order.traceId,
    traceparent,
    ...columnsOf(tasks),
  ]);
}

/** Ends an open order; resolves to false when it has ended otherwise meanwhile, and then nothing is to be done. */
export async function finishOrder(
  database: Database,
  id: string,
  state: OrderState,
  { tasks, traceparent }: Tasks,
): Promise<boolean> {
  const rows = await database.query(FINISH, [id, state, traceparent, ...columnsOf(tasks)]);
  return rows.length > 0;
}

export async function readOrder(database: Database, id: string): Promise<Order | undefined> {
  const [order] = await database.query<Order>(READ, [id]);
  return order;
}

/** Gives up orders that have been pending for longer than `ms`: their stock is released, their payment cancelled. */
export async function expireOrders(database: Database, ms: number): Promise<void> {
  await database.query(EXPIRE, [ms]);
}

function columnsOf(tasks: readonly Task[]): [topics: string[], kinds: (string | null)[]] {
  return [tasks.map(({ topic }) => topic), tasks.map(({ kind }) => kind ?? null)];
}
