/** order-service: takes orders, and does later what could not be done at once. */
import { z } from 'zod';
import { CURRENCY } from './lib/catalogue.ts';
import { ServiceClient } from './lib/client.ts';
import { connectDatabase } from './lib/database.ts';
import { DEADLINE_HEADER, Deadline, limitMs } from './lib/deadline.ts';
import { HttpError } from './lib/http-error.ts';
import { repeatedly } from './lib/repeatedly.ts';
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
import { validated } from './lib/validate.ts';
import { createOrder } from './order/create.ts';
import { releaseOrphans } from './order/orphans.ts';
import { startOutbox } from './order/outbox.ts';
import { readPriceList } from './order/pricing.ts';
import { expireOrders, readOrder } from './order/store.ts';
import { workOn } from './order/tasks.ts';

const settings = readSettings({
  PORT: port,
  DATABASE_URL: databaseUrl,
  DB_POOL_SIZE: wholeNumber(10, { min: 1, max: 100 }),
  DB_TIMEOUT_MS: milliseconds(1000, 1),
  INVENTORY_URL: serviceUrl,
  INVENTORY_TIMEOUT_MS: milliseconds(1000, 1),
  // each = one call for each product, one after the other.
  STOCK_CHECK: z.enum(['batch', 'each'], 'must be batch or each').default('batch'),
  PAYMENT_URL: serviceUrl,
  // Longer than payment-service gives its providers, so that its answer, not our time-out, says what went wrong.
  PAYMENT_TIMEOUT_MS: milliseconds(4500, 1),
  NOTIFICATION_URL: serviceUrl,
  NOTIFICATION_TIMEOUT_MS: milliseconds(500, 1),
  // off = notices are sent while the customer waits, and what fails is not tried again.
  OUTBOX: onOff('on'),
  OUTBOX_EVERY_MS: milliseconds(500, 1),
  // off = no order while inventory-service is down. Needs the outbox.
  OPTIMISTIC: onOff('on'),
  // What is pending for longer, an order or a reservation without one, was left behind by a process that died.
  PENDING_MS: milliseconds(60_000, 1),
});

const EXPIRY_EVERY_MS = 5000;

const PING = { name: 'ping', text: 'SELECT 1' };
const database = connectDatabase(settings.DATABASE_URL, {
  size: settings.DB_POOL_SIZE,
  timeoutMs: settings.DB_TIMEOUT_MS,
});
const shop = {
  database,
  prices: await readPriceList(database),
  stock: {
    inventory: new ServiceClient('inventory-service', settings.INVENTORY_URL),
    timeoutMs: settings.INVENTORY_TIMEOUT_MS,
    check: settings.STOCK_CHECK,
  },
  payment: {
    payment: new ServiceClient('payment-service', settings.PAYMENT_URL),
    timeoutMs: settings.PAYMENT_TIMEOUT_MS,
  },
  notices: {
    notification: new ServiceClient('notification-service', settings.NOTIFICATION_URL),
    timeoutMs: settings.NOTIFICATION_TIMEOUT_MS,
  },
};
const outbox = settings.OUTBOX === 'on';
const mitigations = { outbox, optimistic: outbox && settings.OPTIMISTIC === 'on' };
if (outbox) {
  await startOutbox({
    database,
    work: (topic, entries) => workOn(shop, topic, entries),
    everyMs: settings.OUTBOX_EVERY_MS,
  });
  repeatedly('expiry', EXPIRY_EVERY_MS, async () => {
    await expireOrders(database, settings.PENDING_MS);
    return undefined;
  });
  // Without deadlines nothing says how long an order may take until it is stored.
  if (limitMs(settings.PENDING_MS) > 0)
    repeatedly('orphans', EXPIRY_EVERY_MS, async () => {
      await releaseOrphans(database, shop.stock, settings.PENDING_MS);
      return undefined;
    });
}

const idSchema = z.object({ id: z.uuid() });

const app = createApp();
addReadiness(app, () => database.query(PING));

app.post('/orders', jsonBody, async (request, response) => {
  // Express takes nothing for an empty object, which would order the whole cart.
  if (request.get('content-length') === '0')
    throw new HttpError(400, 'invalid_order', 'the body is missing', { fields: { body: 'is missing' } });
  using deadline = Deadline.within(0, request.get(DEADLINE_HEADER));
  const customer = customerOf(request.get('x-customer-id'));
  const { status, body } = await createOrder(shop, mitigations, customer, request.body, deadline);
  sendJson(response, status, body);
});

app.get('/orders/:id', async (request, response) => {
  const customer = customerOf(request.get('x-customer-id'));
  const { id } = validated(idSchema, request.params, 'invalid_order_id', 'the order id is not valid');
  const order = await readOrder(database, id);
  // Another customer's order is none: its existence is nobody's business.
  if (!order || order.customerId !== customer)
    throw new HttpError(404, 'unknown_order', `there is no order ${id}`);
  const { state, amount, items, reference } = order;
  sendJson(response, 200, { id, state, amount, currency: CURRENCY, items, reference });
});

serve(app, settings.PORT);

/** Set by the gateway, which has validated the customer's token. */
function customerOf(header: string | undefined): string {
  if (!header) throw new HttpError(401, 'no_customer', 'the header x-customer-id is missing');
  return header;
}
