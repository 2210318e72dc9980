import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { CUSTOMER, placeOrder } from './support/orders.ts';
import { startReceiver } from './support/otlp.ts';
import { query } from './support/postgres.ts';
import { ended, run, until } from './support/processes.ts';
import { type Shop, STEADY, startShop } from './support/shop.ts';
import { completeTrace, only, outline } from './support/traces.ts';

const ROOT = join(import.meta.dirname, '../..');

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({
    'stripe-api': STEADY,
    // Each order asks auth-service.
    'api-gateway': { AUTH_FRESH_MS: '0' },
  });
});
afterAll(() => shop?.stop());

describe('an order', () => {
  it('is one unbroken trace over all services', async () => {
    const reply = await placeOrder(shop);
    expect(reply.status).toBe(201);
    expect(outline(await completeTrace(shop.receiver, reply.traceId))).toBe(
      `
api-gateway: POST /api/orders
  api-gateway: auth.validate
    api-gateway: -> POST
      auth-service: POST /validate
        auth-service: auth.verifyToken
  api-gateway: -> POST
    order-service: POST /orders
      order-service: order.create
        order-service: order.validate
          order-service: db.getUser
            order-service: -> pg.query:read_user shop
          order-service: db.getCart
            order-service: -> pg.query:read_cart shop
        order-service: order.checkInventory
          order-service: inventory.check
            order-service: -> POST
              inventory-service: POST /inventory/check-batch
                inventory-service: -> pg.query:reserve_stock shop
        order-service: pricing.calculate
        order-service: order.save
          order-service: db.saveOrder
            order-service: -> pg.query:insert_order shop
        order-service: order.processPayment
          order-service: -> POST
            payment-service: POST /charges
              payment-service: payment.charge
                payment-service: stripe.api
                  payment-service: -> pg.query:begin_attempt shop
                  payment-service: -> POST
                    stripe-api: POST /v1/charges
                  payment-service: -> pg.query:end_attempt shop
        order-service: notification.send
          order-service: -> pg.query:finish_order shop`.trim(),
    );
  });

  it('carries what one looks for on its spans', async () => {
    const reply = await placeOrder(shop);
    const spans = await completeTrace(shop.receiver, reply.traceId);
    expect(only(spans, 'order.create').attributes).toEqual({
      'order.id': reply.body.id,
      'order.customer_id': CUSTOMER,
      'order.items_count': 2,
      'order.total': reply.body.amount,
    });
    expect(only(spans, 'order.checkInventory').attributes).toEqual({ 'inventory.all_available': true });
    expect(only(spans, 'order.processPayment').attributes).toEqual({ 'payment.amount': reply.body.amount });
    expect(only(spans, 'payment.charge').attributes['circuit_breaker.state']).toBe('closed');
    const calls = spans
      .filter((span) => span.kind === 'client')
      .map((span) => span.attributes['peer.service']);
    expect(new Set(calls)).toEqual(
      new Set([
        'auth-service',
        'order-service',
        'inventory-service',
        'payment-service',
        'stripe-api',
        'database',
      ]),
    );
    for (const { kind, attributes } of spans) {
      if (kind === 'internal' || kind === 'producer' || attributes['peer.service'] === 'database') continue;
      expect(attributes).toMatchObject({ 'http.request.method': 'POST' });
      expect(attributes['http.response.status_code']).toBeGreaterThanOrEqual(200);
      if (kind === 'client') expect(attributes['url.full']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
      else expect(attributes['http.route']).toBe(attributes['url.path']);
    }
  });
});

describe('sampling at the head', () => {
  it('an order whose traceparent has flag 00 makes no span in any service', async () => {
    const silent = await placeOrder(shop, {}, false);
    expect(silent.status).toBe(201);
    // Spans are sent in order: when those of a later order are there, the earlier one's would be, too.
    const loud = await placeOrder(shop);
    await completeTrace(shop.receiver, loud.traceId);
    expect(shop.receiver.trace(silent.traceId)).toEqual([]);
    const seen = new Set(shop.receiver.spans.map((span) => span.attributes['url.path']));
    expect(seen.has('/ready')).toBe(false);
  });

  it('work without a request makes no span: what begins by itself is a task of the outbox, linked to a request', async () => {
    const { traceId } = await placeOrder(shop);
    await completeTrace(shop.receiver, traceId);
    const delivery = await until('the notice is delivered', () =>
      shop.receiver.spans.find(({ links }) => links.includes(traceId)),
    );
    await completeTrace(shop.receiver, delivery.traceId, 'order-service', 'consumer');
    const roots = shop.receiver.spans.filter((span) => span.parentId === undefined);
    expect(roots.map(({ name, kind, links }) => [name, kind, links.length > 0])).toEqual(
      roots.map(() => ['notification.deliver', 'consumer', true]),
    );
  });
});

describe('OTEL_PROPAGATORS=none', () => {
  it.each([
    ['payment-service', 'POST /v1/charges'],
    ['order-service', 'POST /inventory/check-batch'],
  ] as const)('on %s breaks the trace before %s', async (service, lost) => {
    await shop.restart(service, { OTEL_PROPAGATORS: 'none' });
    const seen = shop.receiver.spans.length;
    const { status, traceId } = await placeOrder(shop);
    expect(status).toBe(201);
    const stray = await until(`a span ${lost} in another trace`, () =>
      shop.receiver.spans.slice(seen).find((span) => span.name === lost),
    );
    expect(stray.traceId).not.toBe(traceId);
    expect(stray.parentId).toBeUndefined();
    await shop.restart(service, {});
    only(await completeTrace(shop.receiver, (await placeOrder(shop)).traceId), lost);
  });
});

describe('OTEL_PROPAGATORS=none on order-service', () => {
  it('breaks what is injected by hand, too: the link to the order and the call to notification-service', async () => {
    const orders = () => shop.receiver.spans.filter(({ name }) => name === 'notification.deliver');
    const stray = () =>
      shop.receiver.spans.filter(
        ({ name, parentId }) => name === 'POST /notifications' && parentId === undefined,
      );
    await shop.restart('order-service', { OTEL_PROPAGATORS: 'none' });
    const [before, strayBefore] = [orders().length, stray().length];
    expect((await placeOrder(shop)).status).toBe(201);
    await until('a delivery', () => orders().length > before && stray().length > strayBefore);
    expect(orders().at(-1)?.links).toEqual([]);
    await shop.restart('order-service', {});
  });
});

describe('SIGTERM', () => {
  it('sends the last spans, then the process ends by itself', async () => {
    for (const name of ['api-gateway', 'inventory-service'] as const)
      await shop.restart(name, { OTEL_BSP_SCHEDULE_DELAY: '60000' });
    const { traceId } = await shop.send('api-gateway', 'GET', '/api/products/3');
    expect(shop.receiver.trace(traceId)).toEqual([]);
    const ends = [];
    for (const name of ['api-gateway', 'inventory-service'] as const)
      ends.push(await shop.processes.get(name)?.stop('SIGTERM'));
    expect(ends).toEqual(Array(2).fill({ code: 0, signal: null }));
    expect(shop.receiver.trace(traceId)).toHaveLength(4);
    for (const name of ['inventory-service', 'api-gateway'] as const) await shop.restart(name, {});
  });

  it('lets the order in flight end, and sends its spans', async () => {
    await shop.restart('stripe-api', { STRIPE_LATENCY_MS: '1000', STRIPE_SLOW_EVERY: '0' });
    const seen = shop.receiver.spans.length;
    const order = placeOrder(shop);
    // Saved, so it is waiting for Stripe.
    await until('the order is saved', () =>
      shop.receiver.spans.slice(seen).some((span) => span.name === 'order.save'),
    );
    const end = shop.processes.get('order-service')?.stop('SIGTERM');
    const { status, traceId } = await order;
    expect([status, await end]).toEqual([201, { code: 0, signal: null }]);
    only(await completeTrace(shop.receiver, traceId), 'order.create');
    await shop.restart('order-service', {});
    await shop.restart('stripe-api', STEADY);
  });

  it('sends the last spans though every loop is stuck in the database', async () => {
    await shop.restart('order-service', { OTEL_BSP_SCHEDULE_DELAY: '60000', DB_TIMEOUT_MS: '60000' });
    const { status, traceId } = await shop.send('order-service', 'POST', '/orders', { body: '{' });
    expect([status, shop.receiver.trace(traceId)]).toEqual([400, []]);
    const client = new Client({ connectionString: shop.postgres.url });
    await client.connect();
    try {
      // Nothing that a loop asks for comes back while these are held.
      await client.query('BEGIN');
      await client.query('LOCK TABLE outbox, orders, payments, jobs.job IN ACCESS EXCLUSIVE MODE');
      await until('the loops are stuck', async () => {
        // Over another connection: within a transaction the activity stays as it was seen first.
        const waiting = await query(
          shop.postgres.url,
          "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
        );
        return waiting.length >= 6;
      });
      const order = shop.processes.get('order-service');
      expect(await order?.stop('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(order?.output()).toMatch(/shutdown: outbox: not closed/);
      expect(shop.receiver.trace(traceId)).not.toEqual([]);
    } finally {
      await client.end();
    }
    await shop.restart('order-service', {});
  });

  it('ends the process in time and without noise when the Collector is gone', async () => {
    const gone = await startReceiver();
    await gone.stop();
    await shop.restart('auth-service', { OTEL_EXPORTER_OTLP_ENDPOINT: gone.endpoint });
    for (let n = 0; n < 20; n++) {
      expect((await placeOrder(shop)).status).toBe(201);
    }
    const auth = shop.processes.get('auth-service');
    expect(await auth?.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(auth?.output().split('\n').length).toBeLessThan(6);
    await shop.restart('auth-service', {});
  });
});

describe('wrong settings', () => {
  it('are all named at once, with exit code 2', async () => {
    const env = {
      PATH: process.env['PATH'],
      PORT: 'x',
      STRIPE_URL: 'ftp://a',
      BREAKER: 'maybe',
      BREAKER_FAILURES: '0',
    };
    const service = run('payment', [process.execPath, 'services/payment.ts'], { cwd: ROOT, env });
    expect(await ended(service)).toBe(2);
    for (const variable of ['PORT', 'DATABASE_URL', 'STRIPE_URL', 'BREAKER', 'BREAKER_FAILURES'])
      expect(service.output()).toMatch(new RegExp(`^  ${variable} (must|is required)`, 'm'));
  });

  it.each([
    ['OTEL_PROPAGATORS', 'b4'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', 'many'],
  ])('%s of the telemetry, too', async (variable, value) => {
    const [port] = await freePorts(1);
    const env = {
      PATH: process.env['PATH'],
      PORT: `${port}`,
      OTEL_SERVICE_NAME: 'auth-service',
      [variable]: value,
    };
    const command = [process.execPath, '--import', './services/telemetry.ts', './services/auth.ts'];
    const service = run('auth', command, { cwd: ROOT, env });
    expect([await ended(service), service.output()]).toEqual([2, expect.stringContaining(variable)]);
  });

  it('a taken port is said so', async () => {
    const env = { PATH: process.env['PATH'], PORT: `${shop.ports['auth-service']}` };
    const service = run('auth', [process.execPath, 'services/auth.ts'], { cwd: ROOT, env });
    expect([await ended(service), service.output()]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
  });
});
