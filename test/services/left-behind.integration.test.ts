import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import system from '../../services/system.ts';
import { books, placeOrder } from './support/orders.ts';
import { query } from './support/postgres.ts';
import { until } from './support/processes.ts';
import { type Shop, startShop } from './support/shop.ts';

const PENDING_MS = 1500;
const ITEM = { productId: 40, quantity: 3 };

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({
    'stripe-api': { PROVIDER_SLOW_EVERY: '0', PROVIDER_ERROR_PERCENT: '0' },
    'order-service': { PENDING_MS: `${PENDING_MS}` },
  });
});
afterAll(() => shop?.stop());

const sql = (text: string) => query(shop.postgres.url, text);
const reserve = async (orderId: string, productId = ITEM.productId) => {
  const body = { orderId, items: [{ ...ITEM, productId }] };
  return (await shop.send('inventory-service', 'POST', '/inventory/check-batch', { body })).status;
};
const stateOf = async (orderId: string) =>
  (await sql(`SELECT state FROM reservations WHERE order_id = '${orderId}'`))[0]?.['state'];
const released = (orderId: string) =>
  until(
    () => `the reservation of ${orderId} is not released: ${shop.processes.get('order-service')?.output()}`,
    async () => (await stateOf(orderId)) === 'released',
  );

it('stock that was reserved for an order that was never stored goes back, and no other', async () => {
  const reference = randomUUID();
  expect((await placeOrder(shop, { reference })).status).toBe(201);
  const before = await books(shop, reference);
  // Two that a process left behind when it died between its reservation and its order.
  const [first, second] = [randomUUID(), randomUUID()];
  expect([await reserve(first), await reserve(second, 41)]).toEqual([200, 200]);
  await Promise.all([released(first), released(second)]);
  expect(await books(shop, reference)).toEqual(before);
  expect(await stateOf(`${before.order?.['id']}`)).toBe('reserved');
  // What comes even later than that must not take stock which nobody would ever put back.
  expect(await reserve(first)).toBe(409);
});

it('the look for them leaves no trace, the release does', async () => {
  const names = () => shop.receiver.spans.map(({ name }) => name);
  await until(
    () => `spans: ${names().join(', ')}`,
    () => names().includes('stock.release'),
  );
  expect(names().filter((name) => name.includes('/inventory/reservations'))).toEqual([]);
  expect(names().filter((name) => name.includes('list_reserved'))).toEqual([]);
});

it('an order that stayed pending is given up, with its stock', async () => {
  const id = randomUUID();
  await sql(`INSERT INTO orders (id, customer_id, state, accepted, amount, items_count, items, payment_token, trace_id, created_at)
    VALUES ('${id}', 'c-1', 'pending', false, 100, 1, '${JSON.stringify([ITEM])}', 'tok_ok', '', now() - interval '1 second')`);
  expect(await reserve(id)).toBe(200);
  await released(id);
  expect(await sql(`SELECT state FROM orders WHERE id = '${id}'`)).toEqual([{ state: 'payment_failed' }]);
});

it('preparing the database once more changes nothing', async () => {
  const all = () =>
    Promise.all([
      sql('SELECT name FROM migrations ORDER BY id'),
      sql('SELECT id, stock, price FROM products ORDER BY id'),
      sql('SELECT id, state FROM orders ORDER BY id'),
    ]);
  const before = await all();
  expect(before[0].map(({ name }) => name)).toEqual([
    '001_inventory',
    '002_order',
    '003_payment',
    '004_reservations-by-age',
    '005_payments-looked-at',
    '006_payments-token',
  ]);
  const [, ...args] = system.database.prepare;
  // Another seed: what is there is not filled again.
  await execa(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    env: { DATABASE_URL: shop.postgres.url, SEED: '8' },
  });
  expect(await all()).toEqual(before);
});
