import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawOf } from '../../services/provider/draw.ts';
import { books, chargesOf, placeOrder } from './support/orders.ts';
import type { Span } from './support/otlp.ts';
import { until } from './support/processes.ts';
import { type Shop, STEADY, startShop } from './support/shop.ts';
import { completeTrace, only } from './support/traces.ts';

/** Short, so that the tests are; the slow Stripe takes longer. */
const TIMEOUT = { STRIPE_TIMEOUT_MS: '300', FALLBACK: 'off' };
const SLOW = { PROVIDER_LATENCY_MS: '2500', ...STEADY };

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ 'payment-service': TIMEOUT, 'stripe-api': STEADY });
});
afterAll(() => shop?.stop());

const trace = (id: string) => completeTrace(shop.receiver, id);
const stateOf = (spans: readonly Span[]) => only(spans, 'payment.charge').attributes['circuit_breaker.state'];
const changesOf = (spans: readonly Span[]) =>
  only(spans, 'stripe.api')
    .events.filter((event) => event.name === 'circuit_breaker.state_change')
    .map(({ attributes }) => `${attributes['from']} -> ${attributes['to']}`);

/** Orders one after the other, as many as it takes to open the breaker. */
async function failFiveTimes(): Promise<void> {
  for (let n = 0; n < 5; n++) expect((await placeOrder(shop)).status).toBeGreaterThanOrEqual(502);
}

describe('a Stripe that does not answer in time', () => {
  it('fails the order with 504, marks the whole way as failed, and gives the stock back', async () => {
    await shop.restart('stripe-api', SLOW);
    await shop.restart('payment-service', TIMEOUT);
    const before = await books(shop, 'none');
    const reply = await placeOrder(shop, { reference: 'timed-out' });
    expect([reply.status, reply.body.error.code]).toEqual([504, 'payment_provider_timeout']);
    const spans = await trace(reply.traceId);
    for (const name of ['order.create', 'order.processPayment', 'payment.charge', 'stripe.api']) {
      const span = only(spans, name);
      expect([name, span.status, span.message]).toEqual([
        name,
        'error',
        expect.stringContaining('within 300 ms'),
      ]);
      const exceptions = span.events.filter((event) => event.name === 'exception');
      expect(exceptions.map(({ attributes }) => attributes['exception.message'])).toEqual([span.message]);
    }
    expect(only(spans, 'POST /api/orders').status).toBe('error');
    const call = spans.find((span) => span.attributes['peer.service'] === 'stripe-api');
    expect(call).toMatchObject({
      kind: 'client',
      status: 'error',
      parentId: only(spans, 'stripe.api').spanId,
    });
    expect(call?.ms).toBeGreaterThanOrEqual(299);
    expect(call?.ms).toBeLessThan(2400);
    const after = await books(shop, 'timed-out');
    expect(after.order?.['state']).toBe('payment_failed');
    // Stripe charges all the same, as nobody has told it not to: it is looked up and given back.
    const order = String(after.order?.['id']);
    await until('the charge is given back', async () => {
      const [payment] = (await books(shop, 'timed-out')).payments;
      return payment?.['state'] === 'refunded';
    });
    expect(await chargesOf(shop, order)).toMatchObject([
      { status: 'succeeded', refunded: after.order?.['amount'] },
    ]);
    await until('the stock is back', async () =>
      isDeepStrictEqual((await books(shop, 'none')).sold, before.sold),
    );
  });

  it('is waited for when there is no time-out', async () => {
    await shop.restart('payment-service', { STRIPE_TIMEOUT_MS: '0', FALLBACK: 'off' });
    const reply = await placeOrder(shop);
    expect(reply.status).toBe(201);
    expect(only(await trace(reply.traceId), 'stripe.api').ms).toBeGreaterThanOrEqual(2490);
  });
});

describe('the bulkhead', () => {
  it('has who is one too many charged by the second provider while the first is slow', async () => {
    await shop.restart('stripe-api', { ...STEADY, PROVIDER_LATENCY_MS: '1500' });
    await shop.restart('payment-service', { STRIPE_MAX_CONCURRENT: '1' });
    const together = await Promise.all(Array.from({ length: 3 }, () => placeOrder(shop)));
    expect(together.map(({ status }) => status)).toEqual([201, 201, 201]);
    const traces = await Promise.all(together.map((reply) => trace(reply.traceId)));
    const charge = (spans: readonly Span[]) => only(spans, 'payment.charge').attributes;
    const seen = traces.map((spans) => [
      charge(spans)['payment.provider'],
      charge(spans)['bulkhead.rejected'],
      spans.filter((span) => span.attributes['peer.service'] === 'stripe-api').length,
    ]);
    expect(seen.sort()).toEqual([
      ['backup', true, 0],
      ['backup', true, 0],
      ['stripe', undefined, 1],
    ]);
  });
});

describe('the circuit breaker', () => {
  it('opens after five failures, lets exactly one probe through, and closes when that succeeds', async () => {
    await shop.restart('payment-service', { BREAKER_HALF_OPEN_MS: '3000', FALLBACK: 'off' });
    await shop.processes.get('stripe-api')?.stop();
    const failures = [];
    for (let n = 0; n < 5; n++) failures.push(await placeOrder(shop));
    const failed = await Promise.all(failures.map((reply) => trace(reply.traceId)));
    expect(failures.map((reply) => reply.status)).toEqual(Array(5).fill(502));
    expect(failed.map(stateOf)).toEqual(Array(5).fill('closed'));
    expect(failed.map(changesOf)).toEqual([[], [], [], [], ['closed -> open']]);
    const opened = performance.now();

    const refused = await placeOrder(shop, { reference: 'short-circuited' });
    expect([refused.status, refused.body.error.code]).toEqual([503, 'payment_provider_unavailable']);
    const short = await trace(refused.traceId);
    expect(stateOf(short)).toBe('open');
    expect(only(short, 'stripe.api').status).toBe('error');
    expect(short.filter((span) => span.attributes['peer.service'] === 'stripe-api')).toEqual([]);
    expect((await books(shop, 'short-circuited')).order?.['state']).toBe('payment_failed');

    // Slow enough that all the other orders meet the breaker while its probe is under way.
    await shop.restart('stripe-api', {
      PROVIDER_LATENCY_MS: '1500',
      PROVIDER_SLOW_EVERY: '0',
      PROVIDER_ERROR_PERCENT: '0',
    });
    await until('time for a probe', () => performance.now() > opened + 3000);
    const together = await Promise.all(Array.from({ length: 6 }, () => placeOrder(shop)));
    const traces = await Promise.all(together.map((reply) => trace(reply.traceId)));
    expect(together.map((reply) => reply.status).sort()).toEqual([201, 503, 503, 503, 503, 503]);
    expect(traces.map(stateOf).sort()).toEqual(['half_open', 'open', 'open', 'open', 'open', 'open']);
    const probe = traces.find((spans) => stateOf(spans) === 'half_open') ?? [];
    expect(changesOf(probe)).toEqual(['open -> half_open', 'half_open -> closed']);

    const again = await placeOrder(shop);
    expect([again.status, stateOf(await trace(again.traceId))]).toEqual([201, 'closed']);
  });

  it('opens again when the probe fails', async () => {
    await shop.restart('payment-service', { ...TIMEOUT, BREAKER_HALF_OPEN_MS: '1' });
    await shop.processes.get('stripe-api')?.stop();
    await failFiveTimes();
    const probe = await placeOrder(shop);
    expect(changesOf(await trace(probe.traceId))).toEqual(['open -> half_open', 'half_open -> open']);
  });

  it('can be switched off', async () => {
    await shop.restart('payment-service', { ...TIMEOUT, BREAKER: 'off' });
    await failFiveTimes();
    const reply = await placeOrder(shop);
    expect(reply.status).toBe(502);
    const spans = await trace(reply.traceId);
    expect(stateOf(spans)).toBe('closed');
    expect(spans.filter((span) => span.attributes['peer.service'] === 'stripe-api')).not.toEqual([]);
  });

  it('does not count declined cards', async () => {
    await shop.restart('stripe-api', STEADY);
    await shop.restart('payment-service', TIMEOUT);
    for (let n = 0; n < 6; n++)
      expect((await placeOrder(shop, { paymentToken: 'tok_chargeDeclined' })).status).toBe(402);
    expect((await placeOrder(shop)).status).toBe(201);
  });
});

describe('charges', () => {
  it('are made once for each order, however often one asks', async () => {
    const orderId = randomUUID();
    const body = { orderId, amount: 1999, currency: 'eur', paymentToken: 'tok_visa' };
    const ask = () => shop.send('payment-service', 'POST', '/charges', { body });
    const replies = [...(await Promise.all([ask(), ask(), ask()])), await ask()];
    expect(replies.map((reply) => reply.status)).toEqual([201, 201, 201, 201]);
    expect(new Set(replies.map((reply) => reply.body.chargeId)).size).toBe(1);
    expect(await chargesOf(shop, orderId)).toHaveLength(1);

    for (const change of [{ amount: 1 }, { currency: 'usd' }, { paymentToken: 'tok_mastercard' }]) {
      const other = await shop.send('payment-service', 'POST', '/charges', { body: { ...body, ...change } });
      expect([other.status, other.body.error?.code]).toEqual([409, 'idempotency_error']);
    }
    expect(await chargesOf(shop, orderId)).toMatchObject([{ amount: 1999 }]);
  });

  it('are not made at the second provider with what the first was not asked for', async () => {
    await shop.restart('payment-service', { BREAKER_FAILURES: '1', BREAKER_HALF_OPEN_MS: '60000' });
    const body = { orderId: randomUUID(), amount: 1999, currency: 'eur', paymentToken: 'tok_chargeDeclined' };
    const ask = (change: object) =>
      shop.send('payment-service', 'POST', '/charges', { body: { ...body, ...change } });
    expect((await ask({})).status).toBe(402);
    await shop.processes.get('stripe-api')?.stop();
    // It opens the breaker: Stripe is passed over, and with it the look at its tries.
    expect((await ask({ orderId: randomUUID(), paymentToken: 'tok_visa' })).status).toBe(201);
    const other = await ask({ paymentToken: 'tok_visa' });
    expect([other.status, other.body.error?.code]).toEqual([409, 'idempotency_error']);
    const { body: shown } = await shop.send('payment-service', 'GET', `/charges/${body.orderId}`);
    expect(shown.attempts).toEqual([
      {
        ...{ orderId: body.orderId, provider: 'stripe', attempt: 1, amount: 1999, currency: 'eur' },
        ...{ state: 'declined', chargeId: null },
      },
    ]);
  });

  it('must be whole numbers of the minor unit', async () => {
    for (const amount of [19.99, 0, -5, '100'])
      expect(
        (
          await shop.send('payment-service', 'POST', '/charges', {
            body: { orderId: randomUUID(), amount, currency: 'eur', paymentToken: 'tok_visa' },
          })
        ).status,
      ).toBe(400);
  });

  it('have a slow tail that succeeds', async () => {
    await shop.restart('stripe-api', { PROVIDER_SLOW_EVERY: '2', PROVIDER_ERROR_PERCENT: '0' });
    await shop.restart('payment-service', {});
    const replies = [await placeOrder(shop), await placeOrder(shop)];
    const [quick = [], slow = []] = await Promise.all(replies.map((reply) => trace(reply.traceId)));
    expect(only(quick, 'POST /v1/charges').ms).toBeLessThan(2000);
    expect(only(slow, 'POST /v1/charges').ms).toBeGreaterThanOrEqual(2099);
    expect([replies[1]?.status, slow.filter((span) => span.status === 'error')]).toEqual([201, []]);
  });

  it('fail by the trace of the request that they are made for', async () => {
    await shop.restart('stripe-api', { ...STEADY, PROVIDER_ERROR_PERCENT: '50', SEED: '7' });
    await shop.restart('payment-service', { BREAKER: 'off', FALLBACK: 'off' });
    const replies = await Promise.all(Array.from({ length: 20 }, () => placeOrder(shop)));
    const failed = (draw: number): number => (draw < 5000 ? 502 : 201);
    expect(replies.map(({ status }) => status)).toEqual(
      replies.map(({ traceId }) => failed(drawOf(7, 'ch', traceId))),
    );
  });
});
