import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mitigations } from '../../services/mitigations.ts';
import { books, CUSTOMER, chargesOf, noticesOf, placeOrder } from './support/orders.ts';
import { query } from './support/postgres.ts';
import { until } from './support/processes.ts';
import { type ServiceName, type Shop, STEADY, startShop } from './support/shop.ts';
import { completeTrace, only } from './support/traces.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ 'stripe-api': STEADY });
});
afterAll(() => shop?.stop());

const trace = (id: string) => completeTrace(shop.receiver, id);

const stateOf = async (reference: string) => (await books(shop, reference)).order?.['state'];
const becomes = (reference: string, state: string) =>
  until(`${reference} is ${state}`, async () => (await stateOf(reference)) === state || undefined);

describe('the second provider', () => {
  it('charges after a time-out of the first, and the first one gives its late charge back', async () => {
    await shop.restart('stripe-api', { PROVIDER_LATENCY_MS: '1500', ...STEADY });
    await shop.restart('payment-service', { STRIPE_TIMEOUT_MS: '300' });
    const reply = await placeOrder(shop, { reference: 'late-charge' });
    expect(reply.status).toBe(201);
    const { id, amount } = reply.body;
    const spans = await trace(reply.traceId);
    expect(only(spans, 'payment.charge').attributes).toMatchObject({
      'payment.fallback': true,
      'payment.provider': 'backup',
    });
    expect(only(spans, 'stripe.api').status).toBe('error');
    await until('the late charge is given back', async () => {
      const { payments } = await books(shop, 'late-charge');
      return isDeepStrictEqual(
        payments.map(({ provider, state }) => [provider, state]),
        [
          ['stripe', 'refunded'],
          ['backup', 'charged'],
        ],
      );
    });
    expect(await chargesOf(shop, id, 'stripe-api')).toMatchObject([{ amount, refunded: amount }]);
    expect(await chargesOf(shop, id, 'backup-pay-api')).toMatchObject([{ amount, refunded: 0 }]);
  });

  it('charges at once when the first one is down, and nothing is left to look up', async () => {
    await shop.processes.get('stripe-api')?.stop();
    const reply = await placeOrder(shop, { reference: 'refused' });
    expect(reply.status).toBe(201);
    const { payments } = await books(shop, 'refused');
    expect(payments.map(({ provider, state }) => [provider, state])).toEqual([
      ['stripe', 'failed'],
      ['backup', 'charged'],
    ]);
    await shop.restart('stripe-api', STEADY);
    await shop.restart('payment-service', {});
  });

  it('does not charge a declined card', async () => {
    const reply = await placeOrder(shop, { reference: 'declined-once', paymentToken: 'tok_chargeDeclined' });
    expect(reply.status).toBe(402);
    const { payments } = await books(shop, 'declined-once');
    expect(payments.map(({ provider, state }) => [provider, state])).toEqual([['stripe', 'declined']]);
  });
});

describe('a provider that answers 500', () => {
  it('is not asked again with another key; what it did is looked up', async () => {
    await shop.restart('stripe-api', { ...STEADY, PROVIDER_ERROR_PERCENT: '100' });
    const reply = await placeOrder(shop, { reference: 'stored-failure' });
    expect(reply.status).toBe(201);
    await until('the failed try is resolved', async () => {
      const { payments } = await books(shop, 'stored-failure');
      return payments.some(({ provider, state }) => provider === 'stripe' && state === 'failed');
    });
    expect(await chargesOf(shop, reply.body.id, 'stripe-api')).toEqual([]);
    await shop.restart('stripe-api', STEADY);
    await shop.restart('payment-service', {});
  });
});

describe('inventory-service is down', () => {
  it('orders are accepted, and confirmed when it is back', async () => {
    const before = (await books(shop, 'none')).sold;
    await shop.processes.get('inventory-service')?.stop();
    const reply = await placeOrder(shop, { reference: 'accepted' });
    expect([reply.status, reply.body.state]).toEqual([202, 'accepted']);
    const spans = await trace(reply.traceId);
    expect(only(spans, 'order.checkInventory').status).toBe('error');
    expect(spans.map(({ name }) => name)).not.toContain('order.processPayment');
    await shop.restart('inventory-service', {});
    await becomes('accepted', 'paid');
    expect((await books(shop, 'none')).sold[9]).toBe((before[9] ?? 0) + 2);
    expect(await noticesOf(shop, reply.body.id)).toMatchObject([{ kind: 'order_paid', deliveries: 1 }]);
  });

  it('an accepted order of more than there is is cancelled, not charged, and the customer told', async () => {
    await shop.processes.get('inventory-service')?.stop();
    await query(shop.postgres.url, 'UPDATE products SET stock = 1, initial_stock = 1 WHERE id = 160');
    const items = [{ productId: 160, quantity: 2 }];
    const reply = await placeOrder(shop, { reference: 'compensated', items });
    expect(reply.status).toBe(202);
    await shop.restart('inventory-service', {});
    await becomes('compensated', 'cancelled');
    expect(await noticesOf(shop, reply.body.id)).toMatchObject([{ kind: 'order_cancelled' }]);
    expect(await chargesOf(shop, reply.body.id, 'stripe-api')).toEqual([]);
  });

  it('the product list is an old one, and product pages fail', async () => {
    const list = () => shop.send('api-gateway', 'GET', '/api/products');
    const before = await list();
    await shop.processes.get('inventory-service')?.stop();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await list()).toMatchObject({ status: 200, body: before.body });
    expect((await shop.send('api-gateway', 'GET', '/api/products/1')).status).toBe(503);
    await shop.restart('inventory-service', {});
  });
});

describe('auth-service is down', () => {
  it('who was signed in lately goes on ordering', async () => {
    await shop.restart('api-gateway', { AUTH_FRESH_MS: '1' });
    expect((await placeOrder(shop)).status).toBe(201);
    await shop.processes.get('auth-service')?.stop();
    const reply = await placeOrder(shop);
    expect(reply.status).toBe(201);
    expect(only(await trace(reply.traceId), 'auth.validate').attributes['auth.source']).toBe('stale');
    await shop.restart('auth-service', {});
    await shop.restart('api-gateway', {});
  });
});

describe('a payment that is cancelled', () => {
  const post = (path: string, body?: object) =>
    shop.send('payment-service', 'POST', path, { body: body ?? {} });

  it('goes back when it was charged, and is not charged when it comes later', async () => {
    const [charged, late] = [randomUUID(), randomUUID()];
    const charge = (orderId: string) =>
      post('/charges', { orderId, amount: 500, currency: 'eur', paymentToken: 'tok_visa' });
    expect((await charge(charged)).status).toBe(201);
    for (const id of [charged, late, late]) expect((await post(`/charges/${id}/cancel`)).status).toBe(200);
    expect(await charge(late)).toMatchObject({ status: 409, body: { error: { code: 'order_cancelled' } } });
    await until('the charge is given back', async () => {
      const [first] = await chargesOf(shop, charged, 'stripe-api');
      return first?.refunded === 500;
    });
    expect(await charge(charged)).toMatchObject({
      status: 409,
      body: { error: { code: 'order_cancelled' } },
    });
    expect(await chargesOf(shop, late, 'stripe-api')).toEqual([]);
  });
});

describe('what a process that died has left', () => {
  it('an order that stays pending is given up: its stock goes back, and so does its charge', async () => {
    const url = shop.postgres.url;
    const before = (await books(shop, 'none')).sold;
    const id = randomUUID();
    await query(
      url,
      `INSERT INTO orders (id, reference, customer_id, state, accepted, amount, items_count, items, payment_token, trace_id, created_at)
       VALUES ('${id}', 'left', '${CUSTOMER}', 'pending', false, 700, 1, '[{"productId":9,"quantity":2}]', 'tok_visa', '', now() - interval '1 hour')`,
    );
    const items = [{ productId: 9, quantity: 2 }];
    await shop.send('inventory-service', 'POST', '/inventory/check-batch', { body: { orderId: id, items } });
    const body = { orderId: id, amount: 700, currency: 'eur', paymentToken: 'tok_visa' };
    expect((await shop.send('payment-service', 'POST', '/charges', { body })).status).toBe(201);
    await becomes('left', 'payment_failed');
    await until('the stock is back', async () => isDeepStrictEqual((await books(shop, 'none')).sold, before));
    await until('the charge is given back', async () => (await chargesOf(shop, id))[0]?.refunded === 700);
  });

  it('a charge that stays pending is looked up and voided', async () => {
    const id = randomUUID();
    await query(
      shop.postgres.url,
      `INSERT INTO payments (order_id, provider, attempt, amount, currency, state, created_at)
       VALUES ('${id}', 'stripe', 1, 900, 'eur', 'pending', now() - interval '1 hour')`,
    );
    const { url } = shop.postgres;
    await until('it is voided', async () => {
      const [row] = await query(url, `SELECT state FROM payments WHERE order_id = '${id}'`);
      return row?.['state'] === 'voided';
    });
    // Its request, if it came now, would charge nothing.
    const late = await shop.send('stripe-api', 'GET', `/v1/keys/${id}-1`, { sampled: false });
    expect(late.body.status).toBe('voided');
  });
});

describe('a deadline', () => {
  const order = (headers: Record<string, string>) =>
    shop.send('order-service', 'POST', '/orders', {
      body: { items: [{ productId: 30, quantity: 1 }] },
      headers: { 'x-customer-id': CUSTOMER, ...headers },
    });

  const pay = async () => {
    const body = { orderId: randomUUID(), amount: 500, currency: 'eur', paymentToken: 'tok_visa' };
    const headers = { 'x-deadline-ms': '1000' };
    return (await shop.send('payment-service', 'POST', '/charges', { body, headers })).body.provider;
  };

  it('is passed down: payment-service gives Stripe only so much of it that the second provider is in time', async () => {
    await shop.restart('stripe-api', { PROVIDER_LATENCY_MS: '1500', ...STEADY });
    expect((await order({ 'x-deadline-ms': '1000' })).status).toBe(201);
    expect(await pay()).toBe('backup');
  });

  it('is passed down: order-service stops when its caller does', async () => {
    const payment = shop.processes.get('payment-service')?.child;
    payment?.kill('SIGSTOP');
    const early = await order({ 'x-deadline-ms': '400' });
    payment?.kill('SIGCONT');
    expect([early.status, early.body.error.code]).toEqual([504, 'payment_service_timeout']);
    expect((await order({})).status).toBe(201);
  });

  it('is none where deadlines are switched off', async () => {
    await shop.restart('order-service', { DEADLINES: 'off' });
    expect((await order({ 'x-deadline-ms': '400' })).status).toBe(201);
    await shop.restart('order-service', {});
    await shop.restart('payment-service', { DEADLINES: 'off' });
    expect(await pay()).toBe('stripe');
    await shop.restart('payment-service', {});
    await shop.restart('stripe-api', STEADY);
  });
});

describe('the naive shop', () => {
  it('checks the stock one product after the other, and sends the notice while the customer waits', async () => {
    const off: Partial<Record<ServiceName, Record<string, string>>> = {};
    for (const { off: settings } of mitigations)
      for (const [name, variables] of Object.entries(settings))
        off[name as ServiceName] = { ...off[name as ServiceName], ...variables };
    for (const [name, variables] of Object.entries(off)) await shop.restart(name as ServiceName, variables);
    const reply = await placeOrder(shop, { reference: 'naive' });
    expect([reply.status, reply.body.notice]).toEqual([201, 'sent']);
    const spans = await trace(reply.traceId);
    const checks = spans
      .filter(({ name }) => name === 'inventory.check')
      .sort((a, b) => a.startMs - b.startMs);
    expect(checks).toHaveLength(2);
    expect(checks[1]?.startMs).toBeGreaterThanOrEqual(
      Math.floor((checks[0]?.startMs ?? 0) + (checks[0]?.ms ?? 0)),
    );
    expect(spans.filter(({ name }) => name === 'POST /notifications')).toHaveLength(1);
    expect(await noticesOf(shop, reply.body.id)).toHaveLength(1);
    // Without the outbox nothing is told later.
    await shop.processes.get('notification-service')?.stop();
    expect((await placeOrder(shop)).body.notice).toBe('failed');
    await shop.processes.get('inventory-service')?.stop();
    expect((await placeOrder(shop)).status).toBe(503);
  });
});
