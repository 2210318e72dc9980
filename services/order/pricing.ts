import type { Database } from '../lib/database.ts';
import { withSpan } from '../lib/spans.ts';
import { type Items, invalidOrder } from './request.ts';

/** What products cost, in minor units, by product id. */
export type PriceList = ReadonlyMap<number, number>;

const READ = { name: 'read_prices', text: 'SELECT product_id AS id, price FROM price_list' };

export async function readPriceList(database: Database): Promise<PriceList> {
  const rows = await database.query<{ id: number; price: number }>(READ);
  return new Map(rows.map(({ id, price }) => [id, price]));
}

/** Throws HttpError 400 when a product is not on the list. */
export function checkProducts(prices: PriceList, items: Items): void {
  const unknown = items.filter(({ productId }) => !prices.has(productId)).map(({ productId }) => productId);
  if (unknown.length > 0) throw invalidOrder({ items: `there is no product ${unknown.join(', ')}` });
}

/** What the items cost, in minor units, the voucher taken off and the rest of a division given to the customer. */
export function calculatePrice(prices: PriceList, items: Items, voucherPercent: number): Promise<number> {
  return withSpan('pricing.calculate', {}, () => {
    const full = items.reduce(
      (sum, { productId, quantity }) => sum + (prices.get(productId) ?? 0) * quantity,
      0,
    );
    return Math.max(1, Math.floor((full * (100 - voucherPercent)) / 100));
  });
}
