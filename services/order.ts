/** order-service: takes an order through validation, stock, payment and notice. */
import { randomUUID } from 'node:crypto';
import { callByHand } from './lib/by-hand.ts';
import { CURRENCY } from './lib/catalogue.ts';
import { expectSuccess, ServiceClient } from './lib/client.ts';
import { connectDatabase } from './lib/database.ts';
import { Deadline } from './lib/deadline.ts';
import { HttpError } from './lib/http-error.ts';
import { addReadiness, createApp, jsonBody, sendJson, serve } from './lib/server.ts';
import { databaseUrl, milliseconds, port, readSettings, serviceUrl, wholeNumber } from './lib/settings.ts';
import { withSpan } from './lib/spans.ts';
import { type OrderRequest, parseOrder } from './order/request.ts';
import { releaseStock, reserveStock, totalOf } from './order/stock.ts';
import { finishOrder, insertOrder, type NewOrder } from './order/store.ts';

const settings = readSettings({
  PORT: port,
  DATABASE_URL: databaseUrl,
  DB_POOL_SIZE: wholeNumber(10, { min: 1, max: 100 }),
  DB_TIMEOUT_MS: milliseconds(1500, 1),
  INVENTORY_URL: serviceUrl,
  INVENTORY_TIMEOUT_MS: milliseconds(1500, 1),
  PAYMENT_URL: serviceUrl,
  // Longer than payment-service gives its provider, so that its answer, not our time-out, says what went wrong.
  PAYMENT_TIMEOUT_MS: milliseconds(4000, 1),
  NOTIFICATION_URL: serviceUrl,
  // Short: the customer waits for it, and the order is good without it.
  NOTIFICATION_TIMEOUT_MS: milliseconds(500, 1),
});

const PING = { name: 'ping', text: 'SELECT 1' };
const inventory = new ServiceClient('inventory-service', settings.INVENTORY_URL);
const payment = new ServiceClient('payment-service', settings.PAYMENT_URL);
const notification = new ServiceClient('notification-service', settings.NOTIFICATION_URL);
const database = connectDatabase(settings.DATABASE_URL, {
  size: settings.DB_POOL_SIZE,
  timeoutMs: settings.DB_TIMEOUT_MS,
});

const app = createApp();
addReadiness(app, () => database.query(PING));

app.post('/orders', jsonBody, async (request, response) => {
  // Set by the gateway, which has validated the customer's token.
  const customerId = request.get('x-customer-id');
  if (!customerId) throw new HttpError(401, 'no_customer', 'the header x-customer-id is missing');
  sendJson(response, 201, await createOrder(customerId, request.body));
});

serve(app, settings.PORT);

async function createOrder(customerId: string, body: unknown) {
  const id = randomUUID();
  return withSpan('order.create', { 'order.id': id, 'order.customer_id': customerId }, async (span) => {
    const request = await withSpan('order.validate', {}, () => parseOrder(body));
    span.setAttribute('order.items_count', request.items.length);
    const amount = await checkInventory(request);
    span.setAttribute('order.total', amount);
    const order = { id, customerId, amount, request };
    await payForReserved(order);
    const notice = await notify(order);
    return { id, state: 'paid', amount, currency: CURRENCY, items: request.items, notice };
  });
}

/** Reserves the stock; resolves to the order's total. */
function checkInventory({ items }: OrderRequest): Promise<number> {
  return withSpan('order.checkInventory', {}, async (span) => {
    const check = await reserveStock(inventory, items, settings.INVENTORY_TIMEOUT_MS);
    span.setAttribute('inventory.all_available', check.allAvailable);
    return totalOf(items, check);
  });
}

/** Saves the order and pays for it. When that fails, the reserved stock goes back, and the order says why. */
async function payForReserved(order: NewOrder): Promise<void> {
  let saved = false;
  try {
    await withSpan('order.save', {}, () => insertOrder(database, order));
    saved = true;
    await withSpan('order.processPayment', { 'payment.amount': order.amount }, () => pay(order));
  } catch (thrown) {
    const declined = thrown instanceof HttpError && thrown.status === 402;
    const undone = await Promise.allSettled([
      releaseStock(inventory, order.request.items, settings.INVENTORY_TIMEOUT_MS),
      saved && finishOrder(database, order.id, declined ? 'declined' : 'payment_failed'),
    ]);
    for (const step of undone)
      if (step.status === 'rejected') console.error(`order ${order.id} is not undone: ${step.reason}`);
    throw thrown;
  }
  await finishOrder(database, order.id, 'paid');
}

async function pay({ id, amount, request }: NewOrder): Promise<void> {
  using deadline = new Deadline(settings.PAYMENT_TIMEOUT_MS);
  const body = JSON.stringify({
    orderId: id,
    amount,
    currency: CURRENCY,
    paymentToken: request.paymentToken,
  });
  expectSuccess(payment.name, await payment.call({ method: 'POST', path: '/charges', body, deadline }));
}

/** Tells the customer. A failure shows in the trace and in the answer, but the order stands. */
async function notify({ id, customerId }: NewOrder): Promise<'sent' | 'failed'> {
  try {
    await withSpan('notification.send', {}, async () => {
      using deadline = new Deadline(settings.NOTIFICATION_TIMEOUT_MS);
      const body = JSON.stringify({ orderId: id, customerId, kind: 'order_paid' });
      const call = { method: 'POST', path: '/notifications', body, deadline } as const;
      expectSuccess(notification.name, await callByHand(notification, call));
    });
    return 'sent';
  } catch {
    return 'failed';
  }
}
