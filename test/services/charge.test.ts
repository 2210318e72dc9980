import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../../services/lib/deadline.ts';
import { HttpError } from '../../services/lib/http-error.ts';
import { type Breaker, createBreaker, noBreaker } from '../../services/payment/breaker.ts';
import { createBulkhead } from '../../services/payment/bulkhead.ts';
import { chargeOnce } from '../../services/payment/charge.ts';
import { type ProviderClient, ProviderFailure } from '../../services/payment/provider-client.ts';
import type { PaymentStore, StoredAttempt } from '../../services/payment/store.ts';
import { askForMs } from '../../services/payment/time-left.ts';

const REQUEST = { orderId: 'order', amount: 100, currency: 'eur', paymentToken: 'tok_visa' };
const HALF_OPEN_MS = 20;

const never = (): never => expect.unreachable();

/** Stripe as a function: it charges, or throws. */
const provider = (charge: ProviderClient['charge']): ProviderClient => ({
  timeoutMs: 1000,
  charge,
  look: never,
  void: never,
  refund: never,
});

/** A store in which every try begins, and ends as it is told. */
function storeWith(other: Partial<PaymentStore> = {}): PaymentStore {
  return {
    begin: async () => true,
    end: async (_, state) => state,
    isCancelled: async () => false,
    ofOrder: async () => [],
    cancel: never,
    takeUnresolved: never,
    resolve: never,
    ...other,
  };
}

/** The state that a call meets. */
const meets = (breaker: Breaker) => breaker.call(async (state) => state);

const databaseDown = async (): Promise<never> => {
  throw new HttpError(503, 'database_unavailable', 'down');
};

describe('a charge and its breaker', () => {
  const breaker = () =>
    createBreaker({
      failures: 1,
      halfOpenAfterMs: HALF_OPEN_MS,
      isFailure: (error) => error instanceof ProviderFailure,
    });
  const failing = provider(async () => {
    throw new ProviderFailure('down', { charged: 'maybe' });
  });
  const working = provider(async () => 'ch_1');

  /** With a breaker that is open and would let a probe through. */
  const due = async () => {
    const opened = breaker();
    const ask = (store: PaymentStore, stripe: ProviderClient, deadline = new Deadline(0)) =>
      chargeOnce(
        { store, stripe, breaker: opened, bulkhead: createBulkhead(0), backup: undefined },
        REQUEST,
        deadline,
        trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 }),
      );
    await expect(ask(storeWith(), failing)).rejects.toMatchObject({ status: 502 });
    await expect(ask(storeWith({ begin: never }), working)).rejects.toMatchObject({ status: 503 });
    await expect.poll(() => opened.refuses()).toBe(false);
    return { opened, ask };
  };

  it('a database that is down does not close it: Stripe was not asked', async () => {
    const { opened, ask } = await due();
    await expect(ask(storeWith({ begin: databaseDown }), provider(never))).rejects.toMatchObject({
      code: 'database_unavailable',
    });
    expect(await meets(opened)).toBe('half_open');
  });

  it('an order that was charged before does not close it', async () => {
    const { opened, ask } = await due();
    const { orderId, amount, currency } = REQUEST;
    const charged: StoredAttempt = {
      ...{ orderId, amount, currency, provider: 'backup', attempt: 1 },
      ...{ state: 'charged', chargeId: 'bk_1', tokenHash: null },
    };
    const store = storeWith({ begin: async () => false, ofOrder: async () => [charged] });
    expect(await ask(store, provider(never))).toEqual({ provider: 'backup', chargeId: 'bk_1' });
    expect(await meets(opened)).toBe('half_open');
  });

  it('a failure of Stripe that cannot be written down opens it again', async () => {
    const { opened, ask } = await due();
    await expect(ask(storeWith({ end: databaseDown }), failing)).rejects.toMatchObject({ status: 503 });
    expect(opened.refuses()).toBe(true);
  });

  it('a good answer closes it, although it cannot be written down', async () => {
    const { opened, ask } = await due();
    await expect(ask(storeWith({ end: databaseDown }), working)).rejects.toMatchObject({ status: 503 });
    expect(await meets(opened)).toBe('closed');
  });

  it('a try that was begun and meets a breaker that is open by then has surely not charged', async () => {
    const { ask } = await due();
    const states: string[] = [];
    const end: PaymentStore['end'] = async (_, state) => {
      states.push(state);
      return state;
    };
    const both = await Promise.allSettled([
      ask(storeWith({ end }), working),
      ask(storeWith({ end }), working),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(states.sort()).toEqual(['charged', 'failed']);
  });

  it('a caller that waits no longer by the time that the try is written down does not close it', async () => {
    const { opened, ask } = await due();
    const begin: PaymentStore['begin'] = async () => {
      await expect.poll(() => deadline.leftMs).toBe(0);
      return true;
    };
    using deadline = new Deadline(1);
    const late = ask(storeWith({ begin }), provider(never), deadline);
    await expect(late).rejects.toMatchObject({ status: 504, code: 'payment_provider_timeout' });
    expect(await meets(opened)).toBe('half_open');
  });
});

describe('the bulkhead', () => {
  /** A charge at a Stripe that answers when it is told, with room for one, and what is seen of it. */
  function narrow(backup: ProviderClient | undefined) {
    const begun: string[] = [];
    const waiting: { answer(chargeId: string): void; fail(error: Error): void }[] = [];
    const attributes: Record<string, unknown> = {};
    const span = trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });
    span.setAttribute = (key, value) => {
      attributes[key] = value;
      return span;
    };
    const begin: PaymentStore['begin'] = async (attempt) => {
      begun.push(attempt.provider);
      return true;
    };
    const slow = provider(() => new Promise((answer, fail) => void waiting.push({ answer, fail })));
    const charging = {
      ...{ store: storeWith({ begin }), stripe: slow, breaker: noBreaker },
      ...{ bulkhead: createBulkhead(1), backup },
    };
    return {
      ...{ begun, waiting, attributes },
      charge: () => chargeOnce(charging, REQUEST, new Deadline(0), span),
    };
  }

  it('lets who is one too many be charged by the second provider at once, and writes down no try at Stripe', async () => {
    const { begun, waiting, attributes, charge } = narrow(provider(async () => 'bk_1'));
    const first = charge();
    expect(await charge()).toEqual({ provider: 'backup', chargeId: 'bk_1' });
    expect(begun).toEqual(['stripe', 'backup']);
    expect(attributes).toMatchObject({ 'bulkhead.rejected': true, 'payment.fallback': true });
    waiting[0]?.answer('ch_1');
    expect(await first).toEqual({ provider: 'stripe', chargeId: 'ch_1' });
  });

  it.each([
    ['an answer', (call: { answer(id: string): void }) => call.answer('ch_1')],
    [
      'a failure',
      (call: { fail(error: Error): void }) => call.fail(new ProviderFailure('slow', { charged: 'maybe' })),
    ],
  ])('has room again after %s', async (_, ends) => {
    const { waiting, charge } = narrow(undefined);
    const first = charge();
    await expect(charge()).rejects.toMatchObject({ status: 503, code: 'payment_provider_unavailable' });
    await expect.poll(() => waiting.length).toBe(1);
    for (const call of waiting) ends(call);
    await Promise.allSettled([first]);
    const next = charge();
    await expect.poll(() => waiting.length).toBe(2);
    waiting[1]?.answer('ch_2');
    expect(await next).toEqual({ provider: 'stripe', chargeId: 'ch_2' });
  });

  it('of 0 lets everyone through', async () => {
    const bulkhead = createBulkhead(0);
    const calls = Array.from({ length: 100 }, (_, index) => bulkhead(async () => index));
    expect(await Promise.all(calls)).toHaveLength(100);
  });
});

describe('the time that a provider is given', () => {
  it.each([
    [undefined, 1000, undefined],
    // What order-service allows is enough for Stripe's time-out of 3 s, and for the second provider after it.
    [4500, 1000, 3300],
    [2500, 1000, 1300],
    [1000, 1000, 500],
    [1, 1000, 1],
    [1000, 0, 800],
    [100, 0, 50],
  ])('is, with %s ms left and %d ms for another, %s ms', (leftMs, laterMs, expected) => {
    expect(askForMs({ leftMs }, laterMs)).toBe(expected);
  });

  it('is none when the caller waits no longer', () => {
    expect(() => askForMs({ leftMs: 0 }, 1000)).toThrow(ProviderFailure);
  });
});
