/** payment-service: charges orders through the payment provider, behind a time-out and a circuit breaker. */
import type { Span } from '@opentelemetry/api';
import { z } from 'zod';
import { connectDatabase } from './lib/database.ts';
import { HttpError } from './lib/http-error.ts';
import { addReadiness, createApp, jsonBody, sendJson, serve } from './lib/server.ts';
import {
  databaseUrl,
  milliseconds,
  onOff,
  port,
  readSettings,
  serviceUrl,
  wholeNumber,
} from './lib/settings.ts';
import { withSpan } from './lib/spans.ts';
import { BreakerOpen, createBreaker, noBreaker } from './payment/breaker.ts';
import {
  type ChargeRequest,
  createStripeClient,
  ProviderFailure,
  ProviderRefusal,
} from './payment/stripe-client.ts';

const settings = readSettings({
  PORT: port,
  DATABASE_URL: databaseUrl,
  DB_POOL_SIZE: wholeNumber(10, { min: 1, max: 100 }),
  DB_TIMEOUT_MS: milliseconds(1500, 1),
  STRIPE_URL: serviceUrl,
  // How long a charge may take; 0 = as long as it likes.
  STRIPE_TIMEOUT_MS: milliseconds(3000),
  // off = every charge is tried, however sick the provider is.
  BREAKER: onOff('on'),
  // The breaker opens after so many failures in a row …
  BREAKER_FAILURES: wholeNumber(5, { min: 1, max: 1000 }),
  // … and lets one probe through this long after.
  BREAKER_HALF_OPEN_MS: milliseconds(3000, 1),
});

const bodySchema = z.object({
  orderId: z.uuid(),
  amount: z.int().positive(),
  currency: z.string().length(3),
  paymentToken: z.string().min(1).max(64),
});

type PaymentState = 'charged' | 'declined' | 'failed' | 'unknown';

const PING = { name: 'ping', text: 'SELECT 1' };
// One write a payment, after the provider's answer. A repeated request asks the provider again, which answers as before
// because of the idempotency key; what has once been charged stays so.
const RECORD = {
  name: 'record_payment',
  text: `INSERT INTO payments (order_id, amount, currency, state, provider_charge_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (order_id) DO UPDATE SET state = excluded.state, provider_charge_id = excluded.provider_charge_id
WHERE payments.state <> 'charged'`,
};

const database = connectDatabase(settings.DATABASE_URL, {
  size: settings.DB_POOL_SIZE,
  timeoutMs: settings.DB_TIMEOUT_MS,
});
const chargeAtStripe = createStripeClient(settings.STRIPE_URL, settings.STRIPE_TIMEOUT_MS);
const breaker =
  settings.BREAKER === 'off'
    ? noBreaker
    : createBreaker({
        failures: settings.BREAKER_FAILURES,
        halfOpenAfterMs: settings.BREAKER_HALF_OPEN_MS,
        isFailure: (error) => error instanceof ProviderFailure,
      });

const app = createApp();
addReadiness(app, () => database.query(PING));

app.post('/charges', jsonBody, async (request, response) => {
  const parsed = bodySchema.safeParse(request.body);
  if (!parsed.success) throw new HttpError(400, 'invalid_charge', z.prettifyError(parsed.error));
  const attributes = { 'order.id': parsed.data.orderId, 'payment.amount': parsed.data.amount };
  const chargeId = await withSpan('payment.charge', attributes, (span) => charge(parsed.data, span));
  sendJson(response, 201, { orderId: parsed.data.orderId, state: 'charged', chargeId });
});

serve(app, settings.PORT);

async function charge(request: ChargeRequest, span: Span): Promise<string> {
  try {
    const chargeId = await breaker((state) => {
      span.setAttribute('circuit_breaker.state', state);
      return withSpan('stripe.api', {}, () => chargeAtStripe(request).catch(passRefusal));
    });
    await record(request, 'charged', chargeId);
    return chargeId;
  } catch (thrown) {
    if (thrown instanceof BreakerOpen) {
      span.setAttribute('circuit_breaker.state', 'open');
      throw new HttpError(503, 'payment_provider_unavailable', thrown.message, { cause: thrown });
    }
    if (thrown instanceof ProviderFailure) {
      await record(request, thrown.timedOut ? 'unknown' : 'failed');
      const [status, code] = thrown.timedOut
        ? ([504, 'payment_provider_timeout'] as const)
        : ([502, 'payment_provider_failed'] as const);
      throw new HttpError(status, code, thrown.message, { cause: thrown });
    }
    if (thrown instanceof HttpError && thrown.status === 402) await record(request, 'declined');
    throw thrown;
  }
}

/** A refusal is a business answer: as HttpError 4xx it makes no error span. */
function passRefusal(thrown: unknown): never {
  if (!(thrown instanceof ProviderRefusal)) throw thrown;
  throw new HttpError(thrown.code === 'card_declined' ? 402 : 409, thrown.code, thrown.message, {
    cause: thrown,
  });
}

async function record(
  request: ChargeRequest,
  state: PaymentState,
  chargeId: string | null = null,
): Promise<void> {
  await database.query(RECORD, [request.orderId, request.amount, request.currency, state, chargeId]);
}
