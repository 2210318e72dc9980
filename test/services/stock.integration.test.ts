/** What the stock does when several orders want the same, or more than there is. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { books, placeOrder } from './support/orders.ts';
import { query } from './support/postgres.ts';
import { type Shop, STEADY, startShop } from './support/shop.ts';
import { completeTrace, only } from './support/traces.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({
    'stripe-api': STEADY,
    // Each order asks auth-service.
    'api-gateway': { AUTH_FRESH_MS: '0' },
  });
});
afterAll(() => shop?.stop());

const trace = (id: string) => completeTrace(shop.receiver, id);

it('an order of more than there is takes nothing', async () => {
  await query(shop.postgres.url, 'UPDATE products SET stock = 1, initial_stock = 1 WHERE id = 150');
  const before = await books(shop, 'none');
  const items = [
    { productId: 4, quantity: 1 },
    { productId: 150, quantity: 2 },
  ];
  const reply = await placeOrder(shop, { reference: 'sold-out', items });
  expect([reply.status, reply.body.error.code]).toEqual([409, 'out_of_stock']);
  expect(only(await trace(reply.traceId), 'order.checkInventory').attributes).toEqual({
    'inventory.all_available': false,
  });
  expect(await books(shop, 'sold-out')).toEqual(before);
});

it('the last ones are sold to those who come first as long as there are any', async () => {
  await query(shop.postgres.url, 'UPDATE products SET stock = 10, initial_stock = 10 WHERE id = 151');
  const items = [{ productId: 151, quantity: 1 }];
  const replies = await Promise.all(Array.from({ length: 40 }, () => placeOrder(shop, { items })));
  const count = (status: number) => replies.filter((reply) => reply.status === status).length;
  expect([count(201), count(409)]).toEqual([10, 30]);
  const [left] = await query(shop.postgres.url, 'SELECT stock FROM products WHERE id = 151');
  expect(left).toEqual({ stock: 0 });
});

it('orders of the same products at the same time lose no unit', async () => {
  const before = await books(shop, 'none');
  const [forth, back] = [
    [20, 21, 22],
    [22, 21, 20],
  ].map((ids) => ids.map((productId) => ({ productId, quantity: 1 })));
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, n) => placeOrder(shop, { items: n % 2 ? forth : back })),
  );
  expect(replies.map((reply) => reply.status)).toEqual(Array(30).fill(201));
  const after = await books(shop, 'none');
  for (const id of [20, 21, 22]) expect(after.sold[id]).toBe((before.sold[id] ?? 0) + 30);
  // More orders than connections to the database: those that waited for one have their statements in their own trace.
  const statements = (await Promise.all(replies.map((reply) => trace(reply.traceId)))).map((spans) =>
    spans
      .map(({ name }) => name)
      .filter((name) => name.startsWith('pg.query:'))
      .sort()
      .join(),
  );
  expect([...new Set(statements)]).toEqual([statements[0]]);
});
