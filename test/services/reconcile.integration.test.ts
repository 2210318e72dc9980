import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { books, chargesOf, placeOrder } from './support/orders.ts';
import { query } from './support/postgres.ts';
import { until } from './support/processes.ts';
import { type Shop, STEADY, startShop } from './support/shop.ts';

/** The first failure opens the breaker. */
const NERVOUS = { STRIPE_TIMEOUT_MS: '300', BREAKER_FAILURES: '1' };
/** More than the reconciler takes at once. */
const MANY = 25;

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ 'stripe-api': STEADY });
});
afterAll(() => shop?.stop());

it('a late charge goes back although no order comes that would close the breaker', async () => {
  await shop.restart('stripe-api', { ...STEADY, PROVIDER_LATENCY_MS: '1500' });
  await shop.restart('payment-service', { ...NERVOUS, BREAKER_HALF_OPEN_MS: '2000' });
  expect((await placeOrder(shop, { reference: 'the-last' })).status).toBe(201);
  await until('the late charge is given back', async () => {
    const { payments } = await books(shop, 'the-last');
    return payments.some(({ provider, state }) => provider === 'stripe' && state === 'refunded');
  });
});

describe('charges of unknown outcome at a provider that is down', () => {
  const sql = (text: string) => query(shop.postgres.url, text);
  const post = (path: string, body: object = {}) => shop.send('payment-service', 'POST', path, { body });

  beforeEach(async () => {
    await shop.processes.get('stripe-api')?.stop();
    await sql(
      `INSERT INTO payments (order_id, provider, attempt, amount, currency, state, created_at)
       SELECT gen_random_uuid(), 'stripe', 1, 900, 'eur', 'unknown', now() - interval '1 hour' FROM generate_series(1, ${MANY})`,
    );
  });

  it.each([
    ['is known to be', { ...NERVOUS, BREAKER_HALF_OPEN_MS: '60000' }],
    ['is asked all the same', { BREAKER: 'off' }],
  ])('and %s do not hold up those at another', async (_, environment) => {
    await shop.restart('payment-service', environment);
    const orderId = randomUUID();
    const charge = { orderId, amount: 500, currency: 'eur', paymentToken: 'tok_visa' };
    expect(await post('/charges', charge)).toMatchObject({ status: 201, body: { provider: 'backup' } });
    expect((await post(`/charges/${orderId}/cancel`)).status).toBe(200);
    await until('the charge is given back', async () => {
      const [first] = await chargesOf(shop, orderId, 'backup-pay-api');
      return first?.refunded === 500;
    });
    expect(await sql("SELECT FROM payments WHERE provider = 'stripe' AND state = 'unknown'")).not.toEqual([]);
  });
});

it('all of them are resolved once it is back', async () => {
  await shop.restart('stripe-api', STEADY);
  await until('none is left', async () => {
    const left = await query(shop.postgres.url, "SELECT FROM payments WHERE state = 'unknown'");
    return left.length === 0;
  });
});
