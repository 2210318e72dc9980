import { setTimeout as sleep } from 'node:timers/promises';
import type { Span } from '@opentelemetry/api';
import type { Deadline } from '../lib/deadline.ts';
import { HttpError } from '../lib/http-error.ts';
import { withSpan } from '../lib/spans.ts';
import { type Breaker, BreakerOpen } from './breaker.ts';
import { type Bulkhead, BulkheadFull } from './bulkhead.ts';
import {
  type ChargeRequest,
  type ProviderClient,
  ProviderFailure,
  ProviderRefusal,
} from './provider-client.ts';
import {
  type Attempt,
  isOf,
  keyOf,
  type PaymentStore,
  type ProviderName,
  type StoredAttempt,
} from './store.ts';
import { askForMs } from './time-left.ts';

/** How long the same order's charge that is under way is waited for. */
const WAIT_MS = 3000;

export interface Charging {
  readonly store: PaymentStore;
  readonly stripe: ProviderClient;
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;
  /** Steps in when Stripe fails, or is not asked; undefined = nobody does. */
  readonly backup: ProviderClient | undefined;
}

export interface Charged {
  readonly provider: ProviderName;
  readonly chargeId: string;
}

/** The order was charged by an earlier request. */
class ChargedBefore extends Error {
  readonly charged: Charged;

  constructor(charged: Charged) {
    super('the order is charged already');
    this.charged = charged;
  }
}

/**
 * Charges for an order once, at Stripe or else at the second provider. A try whose outcome is unknown is left to the reconciler,
 * which undoes it, so that a fallback after a time-out does not charge twice. Asks no provider for longer than the caller waits,
 * and Stripe only for so long that the fallback is in time. Throws HttpError 402 when declined, 409 when the
 * order is cancelled, 502 to 504 when it could not be charged.
 */
export async function chargeOnce(
  charging: Charging,
  request: ChargeRequest,
  deadline: Deadline,
  span: Span,
): Promise<Charged> {
  try {
    return await atStripe(charging, request, deadline, span);
  } catch (thrown) {
    if (thrown instanceof ChargedBefore) return thrown.charged;
    if (!isUnavailable(thrown)) throw thrown;
    const { backup, store } = charging;
    if (!backup || deadline.leftMs === 0) throw unavailable(thrown);
    span.setAttribute('payment.fallback', true);
    const ask = (key: string): Promise<string> => backup.charge(key, request, askForMs(deadline, 0));
    try {
      return await withSpan('backup.api', {}, () => tryCharge(store, 'backup', ask, request));
    } catch (alsoThrown) {
      if (alsoThrown instanceof ChargedBefore) return alsoThrown.charged;
      throw alsoThrown instanceof ProviderFailure ? unavailable(thrown) : alsoThrown;
    }
  }
}

/** Why a provider did not charge: not asked, or failed. */
type Unavailable = BreakerOpen | BulkheadFull | ProviderFailure;

function isUnavailable(thrown: unknown): thrown is Unavailable {
  return thrown instanceof BreakerOpen || thrown instanceof BulkheadFull || thrown instanceof ProviderFailure;
}

/**
 * The span of a call that breaker or bulkhead do not let through is an error, too: the call was needed and not made. The breaker
 * has the provider's call alone, as what becomes of the statements around it says nothing of the provider. An order that either
 * is sure to refuse costs no statement.
 */
function atStripe(
  { breaker, bulkhead, store, stripe, backup }: Charging,
  request: ChargeRequest,
  deadline: Deadline,
  span: Span,
): Promise<Charged> {
  const ask = (key: string): Promise<string> => {
    const withinMs = askForMs(deadline, backup?.timeoutMs ?? 0);
    return breaker.call((state) => {
      span.setAttribute('circuit_breaker.state', state);
      return stripe.charge(key, request, withinMs);
    });
  };
  return withSpan('stripe.api', {}, async () => {
    try {
      if (breaker.refuses()) throw new BreakerOpen();
      return await bulkhead(() => tryCharge(store, 'stripe', ask, request));
    } catch (thrown) {
      if (thrown instanceof BreakerOpen) span.setAttribute('circuit_breaker.state', 'open');
      if (thrown instanceof BulkheadFull) span.setAttribute('bulkhead.rejected', true);
      throw thrown;
    }
  });
}

/** Charges at one provider and writes down how it ended. A refusal is a business answer: as HttpError 4xx it makes no error span. */
async function tryCharge(
  store: PaymentStore,
  provider: ProviderName,
  ask: (key: string) => Promise<string>,
  request: ChargeRequest,
): Promise<Charged> {
  const attempt = await begin(store, provider, request);
  let chargeId: string;
  try {
    chargeId = await ask(keyOf(attempt));
  } catch (thrown) {
    if (thrown instanceof ProviderRefusal) {
      await store.end(attempt, thrown.code === 'card_declined' ? 'declined' : 'failed');
      throw new HttpError(thrown.code === 'card_declined' ? 402 : 409, thrown.code, thrown.message, {
        cause: thrown,
      });
    }
    await store.end(attempt, isSurelyNotCharged(thrown) ? 'failed' : 'unknown');
    throw thrown;
  }
  if ((await store.end(attempt, 'charged', chargeId)) !== 'charged')
    throw new HttpError(
      409,
      'order_cancelled',
      `order ${request.orderId} was cancelled; its charge is undone`,
    );
  return { provider, chargeId };
}

/** The provider was not asked: it could not be reached, or the breaker had opened by the time that the try was written down. */
function isSurelyNotCharged(thrown: unknown): boolean {
  return thrown instanceof BreakerOpen || (thrown instanceof ProviderFailure && thrown.charged === 'no');
}

/** Writes down that a provider is about to be asked; throws when it must not be. */
async function begin(store: PaymentStore, provider: ProviderName, request: ChargeRequest): Promise<Attempt> {
  const { orderId } = request;
  const first = { orderId, provider, attempt: 1 };
  if (await store.begin(first, request)) return first;
  const before = await ended(store, request);
  const done = before.find(({ state }) => state === 'charged');
  if (done?.chargeId) throw new ChargedBefore({ provider: done.provider, chargeId: done.chargeId });
  const again = { ...first, attempt: 1 + before.filter((each) => each.provider === provider).length };
  if (await store.begin(again, request)) return again;
  if (await store.isCancelled(orderId))
    throw new HttpError(409, 'order_cancelled', `order ${orderId} is cancelled; it is not charged`);
  throw new HttpError(503, 'payment_unresolved', 'another charge for this order is under way');
}

/** The order's tries, when none is under way any more. */
async function ended(store: PaymentStore, request: ChargeRequest): Promise<readonly StoredAttempt[]> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const attempts = await store.ofOrder(request.orderId);
    if (!attempts.every((attempt) => isOf(request, attempt)))
      throw new HttpError(
        409,
        'idempotency_error',
        'a charge for the order was asked for with another amount, currency or payment token before',
      );
    if (!attempts.some(({ state }) => state === 'pending')) return attempts;
    if (performance.now() > until)
      throw new HttpError(503, 'payment_unresolved', 'another charge for this order is under way');
    await sleep(50);
  }
}

function unavailable(thrown: Unavailable): HttpError {
  const [status, code] =
    thrown instanceof BreakerOpen || thrown instanceof BulkheadFull
      ? ([503, 'payment_provider_unavailable'] as const)
      : thrown.timedOut
        ? ([504, 'payment_provider_timeout'] as const)
        : ([502, 'payment_provider_failed'] as const);
  return new HttpError(status, code, thrown.message, { cause: thrown });
}
