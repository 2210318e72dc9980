import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { books, placeOrder } from './support/orders.ts';
import { query } from './support/postgres.ts';
import { until } from './support/processes.ts';
import { type Shop, STEADY, startShop } from './support/shop.ts';

const PENDING_MS = 1500;
const ITEM = { productId: 40, quantity: 3 };

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({
    'stripe-api': STEADY,
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

it('many of the same instant, with an order each, do not hide one that has none', async () => {
  await sql(`WITH made AS (
      INSERT INTO orders (id, customer_id, state, accepted, amount, items_count, items, payment_token, trace_id)
      SELECT gen_random_uuid(), 'c-1', 'paid', false, 100, 1, '[]', 'tok_ok', '' FROM generate_series(1, 2500) RETURNING id)
    INSERT INTO reservations (order_id, product_id, quantity, state) SELECT id, 42, 1, 'reserved' FROM made`);
  const late = randomUUID();
  expect(await reserve(late)).toBe(200);
  await released(late);
  expect(
    await sql(`SELECT count(*)::int AS count FROM reservations WHERE product_id = 42 AND state = 'reserved'`),
  ).toEqual([{ count: 2500 }]);
  const [search] = await sql('SELECT done FROM searches');
  expect(search?.['done']).toMatchObject({ productId: ITEM.productId, orderId: late });
});

it('a process goes on where the one before has come to', async () => {
  const [before] = await sql('SELECT done FROM searches');
  // Older than what was looked at: nobody looks again.
  const old = randomUUID();
  await sql(`INSERT INTO reservations (order_id, product_id, quantity, state, created_at)
    VALUES ('${old}', 1, 0, 'reserved', now() - interval '1 hour')`);
  await shop.restart('order-service', { PENDING_MS: `${PENDING_MS}` });
  const late = randomUUID();
  expect(await reserve(late)).toBe(200);
  await released(late);
  expect(await stateOf(old)).toBe('reserved');
  expect(before).toBeDefined();
});

it('an order that stayed pending is given up, with its stock', async () => {
  const id = randomUUID();
  await sql(`INSERT INTO orders (id, customer_id, state, accepted, amount, items_count, items, payment_token, trace_id, created_at)
    VALUES ('${id}', 'c-1', 'pending', false, 100, 1, '${JSON.stringify([ITEM])}', 'tok_ok', '', now() - interval '1 second')`);
  expect(await reserve(id)).toBe(200);
  await released(id);
  expect(await sql(`SELECT state FROM orders WHERE id = '${id}'`)).toEqual([{ state: 'payment_failed' }]);
});

it('an accepted order whose stock was released meanwhile is cancelled, and the customer is told', async () => {
  // Its answer was lost, so the order that could not be stored, as it seemed, put its stock back.
  const id = randomUUID();
  await sql(`INSERT INTO reservations (order_id, product_id, quantity, state) VALUES ('${id}', ${ITEM.productId}, 0, 'released');
    INSERT INTO orders (id, customer_id, state, accepted, amount, items_count, items, payment_token, trace_id)
    VALUES ('${id}', 'c-1', 'accepted', true, 100, 1, '${JSON.stringify([ITEM])}', 'tok_ok', '');
    INSERT INTO outbox (topic, order_id) VALUES ('confirm', '${id}')`);
  await until(
    () => `order ${id} does not end`,
    async () =>
      (await sql(`SELECT FROM outbox WHERE order_id = '${id}' AND topic = 'notify' AND done_at IS NOT NULL`))
        .length === 1,
  );
  expect(await sql(`SELECT state FROM orders WHERE id = '${id}'`)).toEqual([{ state: 'cancelled' }]);
});
