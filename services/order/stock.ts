import { z } from 'zod';
import { type Answer, expectSuccess, type ServiceClient } from '../lib/client.ts';
import type { Deadline } from '../lib/deadline.ts';
import { HttpError } from '../lib/http-error.ts';
import { withSpan } from '../lib/spans.ts';
import { type Items, invalidOrder } from './request.ts';

export interface Stock {
  readonly inventory: ServiceClient;
  readonly timeoutMs: number;
  /** each = one call a product, one after the other; batch = one call for all. */
  readonly check: 'each' | 'batch';
}

const checkSchema = z.discriminatedUnion('allAvailable', [
  z.object({ allAvailable: z.literal(true) }),
  z.object({ allAvailable: z.literal(false), unknown: z.array(z.int()), soldOut: z.array(z.int()) }),
]);
export type StockCheck = z.output<typeof checkSchema>;

/** Reserves all items for the order, or says which are not available; made twice it reserves once. */
export async function reserveStock(
  stock: Stock,
  orderId: string,
  items: Items,
  deadline: Deadline,
): Promise<StockCheck> {
  if (stock.check === 'batch') return check(stock, '/inventory/check-batch', { orderId, items }, deadline);
  const missing = { unknown: [] as number[], soldOut: [] as number[] };
  for (const item of items) {
    const found = await check(stock, '/inventory/check', { orderId, ...item }, deadline);
    if (found.allAvailable) continue;
    missing.unknown.push(...found.unknown);
    missing.soldOut.push(...found.soldOut);
  }
  const allAvailable = missing.unknown.length + missing.soldOut.length === 0;
  return allAvailable ? { allAvailable } : { allAvailable, ...missing };
}

/** Puts the order's items back. */
export async function releaseStock(
  stock: Stock,
  orderId: string,
  items: Items,
  deadline: Deadline,
): Promise<void> {
  const answer = await post(stock, '/inventory/release', { orderId, items }, deadline);
  expectSuccess(stock.inventory.name, answer);
}

/** Throws HttpError when not all items could be reserved. */
export function requireAll(check: StockCheck): void {
  if (check.allAvailable) return;
  if (check.unknown.length > 0)
    throw invalidOrder({ items: `there is no product ${check.unknown.join(', ')}` });
  throw new HttpError(409, 'out_of_stock', `not enough in stock of product ${check.soldOut.join(', ')}`);
}

function check(stock: Stock, path: string, body: object, deadline: Deadline): Promise<StockCheck> {
  return withSpan('inventory.check', {}, async () =>
    checkSchema.parse(expectSuccess(stock.inventory.name, await post(stock, path, body, deadline))),
  );
}

async function post(
  { inventory, timeoutMs }: Stock,
  path: string,
  body: object,
  deadline: Deadline,
): Promise<Answer> {
  using limit = deadline.shortened(timeoutMs);
  return await inventory.callAgain({ method: 'POST', path, body: JSON.stringify(body), deadline: limit });
}
