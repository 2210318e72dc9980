/** payment-service: charges for orders, once each, at a payment provider that may be slow, down, or of unknown outcome. */
import { z } from 'zod';
import { connectDatabase } from './lib/database.ts';
import { DEADLINE_HEADER, Deadline } from './lib/deadline.ts';
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
import { validated } from './lib/validate.ts';
import { createBreaker, noBreaker } from './payment/breaker.ts';
import { createBulkhead } from './payment/bulkhead.ts';
import { chargeOnce } from './payment/charge.ts';
import { cleanUpTimeoutMs, createProviderClient, hasFailed } from './payment/provider-client.ts';
import { startReconciler } from './payment/reconcile.ts';
import { paymentStore } from './payment/store.ts';

const settings = readSettings({
  PORT: port,
  DATABASE_URL: databaseUrl,
  DB_POOL_SIZE: wholeNumber(10, { min: 1, max: 100 }),
  DB_TIMEOUT_MS: milliseconds(1000, 1),
  STRIPE_URL: serviceUrl,
  // How long a charge may take, if its caller waits for so long; 0 = as long as it likes, whoever waits.
  STRIPE_TIMEOUT_MS: milliseconds(3000),
  // off = every charge that finds room is tried, however sick the provider is.
  BREAKER: onOff('on'),
  // The breaker opens after so many failures in a row …
  BREAKER_FAILURES: wholeNumber(5, { min: 1, max: 1000 }),
  // … and lets one probe through this long after.
  BREAKER_HALF_OPEN_MS: milliseconds(3000, 1),
  // How many charges are under way at Stripe at a time, with the statements around them: several times those of 80 orders/s
  // while it is well; 0 = any number.
  STRIPE_MAX_CONCURRENT: wholeNumber(64, { min: 0, max: 100_000 }),
  // off = a charge that Stripe does not do is not done.
  FALLBACK: onOff('on'),
  BACKUP_URL: serviceUrl,
  BACKUP_TIMEOUT_MS: milliseconds(1000, 1),
  // off = charges of unknown outcome stay so.
  RECONCILER: onOff('on'),
  RECONCILE_EVERY_MS: milliseconds(1000, 1),
  // After which a charge that is still under way counts as left behind by a process that died.
  RECONCILE_PENDING_MS: milliseconds(30_000, 1),
});

const orderIdSchema = z.object({ orderId: z.uuid() });
const bodySchema = z.object({
  orderId: z.uuid(),
  amount: z.int().positive(),
  currency: z.string().length(3),
  paymentToken: z.string().min(1).max(64),
});

const PING = { name: 'ping', text: 'SELECT 1' };

const database = connectDatabase(settings.DATABASE_URL, {
  size: settings.DB_POOL_SIZE,
  timeoutMs: settings.DB_TIMEOUT_MS,
});
const store = paymentStore(database);
const breaker =
  settings.BREAKER === 'off'
    ? noBreaker
    : createBreaker({
        failures: settings.BREAKER_FAILURES,
        halfOpenAfterMs: settings.BREAKER_HALF_OPEN_MS,
        isFailure: hasFailed,
      });
const backup = createProviderClient(settings.BACKUP_URL, settings.BACKUP_TIMEOUT_MS);
const charging = {
  store,
  stripe: createProviderClient(settings.STRIPE_URL, settings.STRIPE_TIMEOUT_MS),
  breaker,
  bulkhead: createBulkhead(settings.STRIPE_MAX_CONCURRENT),
  backup: settings.FALLBACK === 'on' ? backup : undefined,
};

if (settings.RECONCILER === 'on')
  startReconciler({
    store,
    clients: {
      stripe: createProviderClient(settings.STRIPE_URL, cleanUpTimeoutMs(settings.STRIPE_TIMEOUT_MS)),
      backup,
    },
    isSick: (provider) => provider === 'stripe' && breaker.isSick(),
    everyMs: settings.RECONCILE_EVERY_MS,
    pendingMs: settings.RECONCILE_PENDING_MS,
  });

const app = createApp();
addReadiness(app, () => database.query(PING));

app.post('/charges', jsonBody, async (request, response) => {
  const body = validated(bodySchema, request.body, 'invalid_charge', 'the charge is not valid');
  const attributes = { 'order.id': body.orderId, 'payment.amount': body.amount };
  using deadline = Deadline.within(0, request.get(DEADLINE_HEADER));
  const charged = await withSpan('payment.charge', attributes, async (span) => {
    const found = await chargeOnce(charging, body, deadline, span);
    span.setAttribute('payment.provider', found.provider);
    return found;
  });
  sendJson(response, 201, { orderId: body.orderId, state: 'charged', ...charged });
});

app.get('/charges/:orderId', async (request, response) => {
  const { orderId } = validated(orderIdSchema, request.params, 'invalid_order', 'the order id is not valid');
  const attempts = await store.ofOrder(orderId);
  if (attempts.length === 0)
    throw new HttpError(404, 'unknown_order', `nothing was charged for order ${orderId}`);
  sendJson(response, 200, { orderId, attempts: attempts.map(({ tokenHash: _, ...shown }) => shown) });
});

/** The order will not be fulfilled: whatever was or will be charged for it goes back. */
app.post('/charges/:orderId/cancel', async (request, response) => {
  const { orderId } = validated(orderIdSchema, request.params, 'invalid_order', 'the order id is not valid');
  await store.cancel(orderId);
  sendJson(response, 200, { orderId, cancelled: true });
});

serve(app, settings.PORT);
