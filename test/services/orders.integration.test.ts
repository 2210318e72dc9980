import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVELOPMENT_SECRET, signToken } from '../../services/lib/tokens.ts';
import { AUTHORIZATION, books, CUSTOMER, noticesOf, placeOrder } from './support/orders.ts';
import { query } from './support/postgres.ts';
import { until } from './support/processes.ts';
import { type Shop, STEADY, startShop } from './support/shop.ts';
import { completeTrace, only, outline } from './support/traces.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ 'stripe-api': STEADY });
  await setCart('voucher_percent = 0');
});
afterAll(() => shop?.stop());

const trace = (id: string) => completeTrace(shop.receiver, id);
const noticeOf = async (orderId: string) => (await noticesOf(shop, orderId))[0];
const sql = (text: string) => query(shop.postgres.url, text);
const setCart = (columns: string) => sql(`UPDATE carts SET ${columns} WHERE customer_id = '${CUSTOMER}'`);

describe('an order', () => {
  it('is in the books of all: order, payment, stock, charge, notice', async () => {
    const before = await books(shop, 'none');
    const reply = await placeOrder(shop, { reference: 'in-the-books' });
    const after = await books(shop, 'in-the-books');
    const prices = await sql(
      'SELECT sum(price * CASE id WHEN 9 THEN 2 ELSE 1 END)::int AS sum FROM products WHERE id IN (4, 9)',
    );
    const { id, amount } = reply.body;
    expect(amount).toBe(prices[0]?.['sum']);
    expect(after.order).toEqual({ id, state: 'paid', amount, items_count: 2 });
    expect(after.payments).toMatchObject([{ state: 'charged', amount, provider: 'stripe' }]);
    expect(after.sold[9]).toBe((before.sold[9] ?? 0) + 2);
    expect(after.sold[4]).toBe((before.sold[4] ?? 0) + 1);
    const charges = (await shop.send('stripe-api', 'GET', '/v1/charges')).body;
    expect(charges.filter((charge: { order_id: string }) => charge.order_id === id)).toMatchObject([
      { id: after.payments[0]?.['charge_id'], amount, status: 'succeeded' },
    ]);
    const notice = await noticeOf(id);
    expect(notice).toMatchObject({ customer_id: CUSTOMER, kind: 'order_paid', deliveries: 1 });
  });

  it('that is declined is refused without an error span, and the stock goes back', async () => {
    const before = await books(shop, 'none');
    const reply = await placeOrder(shop, { reference: 'declined', paymentToken: 'tok_chargeDeclined' });
    expect([reply.status, reply.body.error.code]).toEqual([402, 'card_declined']);
    const spans = await trace(reply.traceId);
    expect(spans.filter((span) => span.status === 'error')).toEqual([]);
    const after = await books(shop, 'declined');
    expect([after.order?.['state'], after.payments[0]?.['state']]).toEqual(['declined', 'declined']);
    await until('the stock is back', async () =>
      isDeepStrictEqual((await books(shop, 'none')).sold, before.sold),
    );
  });

  it('is told of in a trace of its own, linked to it, as soon as the notice can be sent', async () => {
    await shop.processes.get('notification-service')?.stop();
    const reply = await placeOrder(shop, { reference: 'no-notice' });
    expect([reply.status, reply.body.notice]).toEqual([201, 'queued']);
    expect((await books(shop, 'no-notice')).order?.['state']).toBe('paid');
    await shop.restart('notification-service', {});
    expect(await noticeOf(reply.body.id)).toMatchObject({ kind: 'order_paid', deliveries: 1 });
    const send = only(await trace(reply.traceId), 'notification.send');
    expect(send).toMatchObject({ kind: 'producer', status: 'unset' });
    const linked = await until('the delivery is recorded', () =>
      shop.receiver.spans.find(
        (span) =>
          span.name === 'notification.deliver' &&
          span.links.includes(reply.traceId) &&
          span.status !== 'error',
      ),
    );
    expect(linked).toMatchObject({ kind: 'consumer', parentId: undefined });
    expect(linked.traceId).not.toBe(reply.traceId);
  });

  it('a notice that is refused does not hold up those that go out with it', async () => {
    const [refused, good] = [randomUUID(), randomUUID()];
    const order = (id: string, customer: string) =>
      `('${id}', '${customer}', 'paid', false, 1, 1, '[]', 'tok', '${'0'.repeat(32)}')`;
    // Both become due in one statement, so in one batch; notification-service takes no customer of more than 64 characters.
    await sql(
      `WITH orders AS (
         INSERT INTO orders (id, customer_id, state, accepted, amount, items_count, items, payment_token, trace_id)
         VALUES ${order(refused, 'x'.repeat(65))}, ${order(good, CUSTOMER)} RETURNING id)
       INSERT INTO outbox (topic, order_id, kind) SELECT 'notify', id, 'order_paid' FROM orders`,
    );
    expect(await noticeOf(good)).toMatchObject({ kind: 'order_paid', deliveries: 1 });
    const open = `SELECT order_id FROM outbox WHERE done_at IS NULL AND order_id IN ('${refused}', '${good}')`;
    await until('the good one is done', async () => (await sql(open)).length === 1);
    expect(await sql(open)).toEqual([{ order_id: refused }]);
    await sql("DELETE FROM jobs.job WHERE state < 'completed'");
  });

  it('can be read by the customer, and by nobody else', async () => {
    const { body, status } = await placeOrder(shop, { reference: 'mine' });
    expect(status).toBe(201);
    const get = (id: string, headers: Record<string, string> = AUTHORIZATION) =>
      shop.send('api-gateway', 'GET', `/api/orders/${id}`, { headers });
    expect((await get(body.id)).body).toEqual({
      id: body.id,
      state: 'paid',
      amount: body.amount,
      currency: 'eur',
      items: body.items,
      reference: 'mine',
    });
    const other = { authorization: `Bearer ${signToken('c-18', DEVELOPMENT_SECRET)}` };
    expect([(await get(body.id, other)).status, (await get(body.id, {})).status]).toEqual([404, 401]);
    expect((await get(randomUUID())).status).toBe(404);
    expect((await get('x')).body.error).toMatchObject({
      code: 'invalid_order_id',
      fields: { id: expect.any(String) },
    });
  });

  it('without items is the cart, less the voucher', async () => {
    const cart = JSON.stringify([{ productId: 5, quantity: 3 }]);
    await setCart(`items = '${cart}', voucher_percent = 15`);
    const [price] = await sql('SELECT price FROM price_list WHERE product_id = 5');
    const reply = await placeOrder(shop, { items: undefined });
    expect([reply.status, reply.body.items]).toEqual([201, JSON.parse(cart)]);
    expect(reply.body.amount).toBe(Math.floor(Number(price?.['price']) * 3 * 0.85));
    await setCart("items = '[]'");
    expect((await placeOrder(shop, { items: undefined })).status).toBe(400);
    expect((await placeOrder(shop)).status).toBe(201);
    await setCart('voucher_percent = 0');
  });
});

describe('a bad request', () => {
  const post = (body: unknown, headers: Record<string, string> = AUTHORIZATION) =>
    shop.send('api-gateway', 'POST', '/api/orders', { body, headers });

  it('gets a message for each wrong field', async () => {
    const reply = await post({
      items: [
        { productId: 1, quantity: 0 },
        { productId: 'x', quantity: 1 },
      ],
      paymentToken: '',
    });
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatchObject({ code: 'invalid_order', message: expect.any(String) });
    expect(Object.keys(reply.body.error.fields).sort()).toEqual([
      'items.0.quantity',
      'items.1.productId',
      'paymentToken',
    ]);
    const spans = await trace(reply.traceId);
    expect(spans.filter((span) => span.status === 'error')).toEqual([]);
    expect(spans.map((span) => span.name)).not.toContain('order.save');
  });

  it.each([
    ['no JSON', '{', 400, 'invalid_json'],
    ['no body', '', 400, 'invalid_order'],
    [
      'a product twice',
      { items: [1, 1].map((productId) => ({ productId, quantity: 1 })) },
      400,
      'invalid_order',
    ],
    ['an unknown product', { items: [{ productId: 999, quantity: 1 }] }, 400, 'invalid_order'],
  ])('%s is answered as JSON', async (_, body, status, code) => {
    const reply = await post(body);
    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
  });

  it.each([
    ['none', {}],
    ['a foreign one', { authorization: `${AUTHORIZATION.authorization.slice(0, -3)}AAA` }],
    ['one of another customer', { authorization: AUTHORIZATION.authorization.replace(CUSTOMER, 'c-18') }],
  ])('token: %s is refused with 401', async (_, headers) => {
    expect((await post({ items: [{ productId: 1, quantity: 1 }] }, headers)).status).toBe(401);
  });

  it.each([
    ['/api/products/999', 404],
    ['/api/nothing', 404],
    ['/api/products/abc', 400],
    ['/api/products/-1', 400],
    ['/api/products/%zz', 400],
    ['/api/orders/%', 400],
  ])('%s is %d', async (path, status) => {
    const reply = await shop.send('api-gateway', 'GET', path);
    expect([reply.status, typeof reply.body.error.code]).toEqual([status, 'string']);
    expect((await trace(reply.traceId)).filter((span) => span.status === 'error')).toEqual([]);
  });
});

describe('reads', () => {
  it('a product page comes live from the database', async () => {
    const reply = await shop.send('api-gateway', 'GET', '/api/products/42');
    expect(reply.body).toEqual({
      id: 42,
      name: expect.any(String),
      price: expect.any(Number),
      stock: 10_000_000,
    });
    expect(outline(await trace(reply.traceId))).toBe(
      `
api-gateway: GET /api/products/:id
  api-gateway: -> GET
    inventory-service: GET /products/:id
      inventory-service: -> pg.query:read_product shop`.trim(),
    );
  });

  it('the list is loaded once for all that ask at the same time', async () => {
    const asked = Array.from({ length: 20 }, () => shop.send('api-gateway', 'GET', '/api/products'));
    const replies = await Promise.all(asked);
    expect(replies.map((reply) => reply.body.products.length)).toEqual(Array(20).fill(20));
    const traces = await Promise.all(replies.map((reply) => trace(reply.traceId)));
    expect(traces.filter((spans) => spans.length > 1).length).toBe(1);
  });

  it.each(['/health', '/ready'])('%s is one span with path and route', async (path) => {
    const reply = await shop.send('api-gateway', 'GET', path);
    const spans = await trace(reply.traceId);
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      name: `GET ${path}`,
      kind: 'server',
      attributes: { 'http.route': path, 'url.path': path, 'http.response.status_code': 200 },
      resource: {
        'service.name': 'api-gateway',
        'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
        'deployment.environment': 'test',
        'deployment.environment.name': 'test',
      },
    });
  });
});
