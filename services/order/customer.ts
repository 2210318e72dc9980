import type { Database } from '../lib/database.ts';
import { HttpError } from '../lib/http-error.ts';
import { withSpan } from '../lib/spans.ts';
import { cartSchema, type Items } from './request.ts';

export interface Cart {
  readonly items: Items;
  /** Discount on the whole order, 0 to 100. */
  readonly voucherPercent: number;
}

const READ_USER = { name: 'read_user', text: 'SELECT id FROM customers WHERE id = $1' };
const READ_CART = {
  name: 'read_cart',
  text: 'SELECT items, voucher_percent AS "voucherPercent" FROM carts WHERE customer_id = $1',
};

/** Throws HttpError 401 when there is no such customer any more. */
export function getUser(database: Database, customerId: string): Promise<void> {
  return withSpan('db.getUser', {}, async () => {
    const [user] = await database.query(READ_USER, [customerId]);
    if (!user) throw new HttpError(401, 'unknown_customer', `there is no customer ${customerId}`);
  });
}

/** The customer's cart; an empty one without a voucher when there is none. */
export function getCart(database: Database, customerId: string): Promise<Cart> {
  return withSpan('db.getCart', {}, async () => {
    const [row] = await database.query<{ items: unknown; voucherPercent: number }>(READ_CART, [customerId]);
    if (!row) return { items: [], voucherPercent: 0 };
    return { items: cartSchema.parse(row.items), voucherPercent: row.voucherPercent };
  });
}
