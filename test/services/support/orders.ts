import { DEVELOPMENT_SECRET, signToken } from '../../../services/lib/tokens.ts';
import { query } from './postgres.ts';
import { until } from './processes.ts';
import type { Reply, Shop } from './shop.ts';

export const CUSTOMER = 'c-17';
export const AUTHORIZATION = { authorization: `Bearer ${signToken(CUSTOMER, DEVELOPMENT_SECRET)}` };

/** Orders through the gateway; by default two products. */
export function placeOrder(shop: Shop, order: Record<string, unknown> = {}, sampled = true): Promise<Reply> {
  const items = [
    { productId: 9, quantity: 2 },
    { productId: 4, quantity: 1 },
  ];
  const body = { items, ...order };
  return shop.send('api-gateway', 'POST', '/api/orders', { body, headers: AUTHORIZATION, sampled });
}

export interface Books {
  readonly order: Record<string, unknown> | undefined;
  /** One row for each try, oldest first. */
  readonly payments: readonly Record<string, unknown>[];
  /** Units that are missing from the stock, by product. */
  readonly sold: Readonly<Record<number, number>>;
}

/** What the database says of the order with that reference, and of the whole stock. */
export async function books(shop: Shop, reference: string): Promise<Books> {
  const url = shop.postgres.url;
  const [order] = await query(
    url,
    `SELECT id, state, amount, items_count FROM orders WHERE reference = '${reference}'`,
  );
  const payments = order
    ? await query(
        url,
        `SELECT state, amount, provider, charge_id FROM payments WHERE order_id = '${order['id']}' ORDER BY created_at`,
      )
    : [];
  const stock = await query(
    url,
    'SELECT id, initial_stock - stock AS sold FROM products WHERE stock <> initial_stock',
  );
  return { order, payments, sold: Object.fromEntries(stock.map((row) => [row['id'], row['sold']])) };
}

export interface Charge {
  readonly order_id: string;
  readonly amount: number;
  readonly refunded: number;
}

/** What a provider itself says of an order. */
export async function chargesOf(
  shop: Shop,
  orderId: string,
  provider: 'stripe-api' | 'backup-pay-api' = 'stripe-api',
): Promise<readonly Charge[]> {
  const { body } = await shop.send(provider, 'GET', '/v1/charges', { sampled: false });
  return body.filter((charge: Charge) => charge.order_id === orderId);
}

export interface Notice {
  readonly order_id: string;
  readonly customer_id: string;
  readonly kind: string;
  readonly deliveries: number;
}

/** What notification-service has been told of an order, as soon as it has been told something. */
export function noticesOf(shop: Shop, orderId: string): Promise<readonly Notice[]> {
  return until(`a notice of ${orderId}`, async () => {
    const { body } = await shop.send('notification-service', 'GET', '/notifications', { sampled: false });
    const notices: Notice[] = body.filter((notice: Notice) => notice.order_id === orderId);
    return notices.length > 0 && notices;
  });
}
