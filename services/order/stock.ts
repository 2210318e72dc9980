import { z } from 'zod';
import { expectSuccess, type ServiceClient } from '../lib/client.ts';
import { Deadline } from '../lib/deadline.ts';
import { HttpError } from '../lib/http-error.ts';
import { invalidOrder, type OrderRequest } from './request.ts';

type Items = OrderRequest['items'];

const checkSchema = z.discriminatedUnion('allAvailable', [
  z.object({
    allAvailable: z.literal(true),
    items: z.array(z.object({ productId: z.int(), price: z.int().positive() })),
  }),
  z.object({ allAvailable: z.literal(false), unknown: z.array(z.int()), soldOut: z.array(z.int()) }),
]);
export type StockCheck = z.output<typeof checkSchema>;

/** Reserves all items by one call, or none of them. */
export async function reserveStock(
  inventory: ServiceClient,
  items: Items,
  timeoutMs: number,
): Promise<StockCheck> {
  const answer = await post(inventory, '/check-batch', items, timeoutMs);
  return checkSchema.parse(expectSuccess(inventory.name, answer));
}

/** Puts reserved items back. */
export async function releaseStock(inventory: ServiceClient, items: Items, timeoutMs: number): Promise<void> {
  expectSuccess(inventory.name, await post(inventory, '/release', items, timeoutMs));
}

/** What the reserved items cost, in minor units; throws HttpError when they could not be reserved. */
export function totalOf(items: Items, check: StockCheck): number {
  if (!check.allAvailable) {
    if (check.unknown.length > 0)
      throw invalidOrder({ items: `there is no product ${check.unknown.join(', ')}` });
    throw new HttpError(409, 'out_of_stock', `not enough in stock of product ${check.soldOut.join(', ')}`);
  }
  const prices = new Map(check.items.map(({ productId, price }) => [productId, price]));
  return items.reduce((sum, { productId, quantity }) => {
    const price = prices.get(productId);
    if (price === undefined) throw new HttpError(502, 'upstream_error', `no price for product ${productId}`);
    return sum + price * quantity;
  }, 0);
}

async function post(inventory: ServiceClient, path: string, items: Items, timeoutMs: number) {
  using deadline = new Deadline(timeoutMs);
  return await inventory.call({ method: 'POST', path, body: JSON.stringify({ items }), deadline });
}
