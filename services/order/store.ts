import type { Database } from '../lib/database.ts';
import type { OrderRequest } from './request.ts';

export type FinalState = 'paid' | 'declined' | 'payment_failed';

export interface NewOrder {
  readonly id: string;
  readonly customerId: string;
  /** In minor units. */
  readonly amount: number;
  readonly request: OrderRequest;
}

const INSERT = {
  name: 'insert_order',
  text: `INSERT INTO orders (id, reference, customer_id, state, amount, items_count, items)
VALUES ($1, $2, $3, 'pending', $4, $5, $6)`,
};
const FINISH = { name: 'finish_order', text: 'UPDATE orders SET state = $2 WHERE id = $1' };

/** Stores the order as pending. */
export async function insertOrder(
  database: Database,
  { id, customerId, amount, request }: NewOrder,
): Promise<void> {
  const { reference = null, items } = request;
  await database.query(INSERT, [id, reference, customerId, amount, items.length, JSON.stringify(items)]);
}

export async function finishOrder(database: Database, id: string, state: FinalState): Promise<void> {
  await database.query(FINISH, [id, state]);
}
