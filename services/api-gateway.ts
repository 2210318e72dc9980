/** api-gateway: the shop's front door. */
import express, { type Response } from 'express';
import { z } from 'zod';
import { cached } from './lib/cached.ts';
import { type Answer, expectSuccess, ServiceClient } from './lib/client.ts';
import { Deadline } from './lib/deadline.ts';
import { HttpError } from './lib/http-error.ts';
import { addReadiness, createApp, sendText, serve } from './lib/server.ts';
import { milliseconds, port, readSettings, serviceUrl } from './lib/settings.ts';

const settings = readSettings({
  PORT: port,
  AUTH_URL: serviceUrl,
  INVENTORY_URL: serviceUrl,
  ORDER_URL: serviceUrl,
  // How old the product list may be.
  PRODUCT_LIST_TTL_MS: milliseconds(1000),
  PRODUCT_TIMEOUT_MS: milliseconds(1500, 1),
  // For the whole of an order, all its calls together.
  ORDER_DEADLINE_MS: milliseconds(5000, 1),
});

const auth = new ServiceClient('auth-service', settings.AUTH_URL);
const inventory = new ServiceClient('inventory-service', settings.INVENTORY_URL);
const order = new ServiceClient('order-service', settings.ORDER_URL);

const app = createApp();
// Ready when it listens: if it took itself out for a sick callee, the callee's outage would become everyone's.
addReadiness(app);

const productList = cached(settings.PRODUCT_LIST_TTL_MS, async () => {
  const answer = await getFromInventory('/products');
  expectSuccess(inventory.name, answer);
  return answer.text;
});
app.get('/api/products', async (_request, response) => {
  sendText(response, 200, await productList());
});

app.get('/api/products/:id', async (request, response) => {
  passOn(response, await getFromInventory(`/products/${encodeURIComponent(request.params.id)}`));
});

// The body goes on as it is; it is order-service that knows what an order must look like.
app.post('/api/orders', express.text({ type: () => true, limit: '64kb' }), async (request, response) => {
  using deadline = new Deadline(settings.ORDER_DEADLINE_MS);
  const customerId = await authenticate(request.headers.authorization, deadline);
  passOn(
    response,
    await order.call({
      method: 'POST',
      path: '/orders',
      body: typeof request.body === 'string' ? request.body : '',
      headers: { 'x-customer-id': customerId },
      deadline,
    }),
  );
});

serve(app, settings.PORT);

async function getFromInventory(path: string): Promise<Answer> {
  using deadline = new Deadline(settings.PRODUCT_TIMEOUT_MS);
  return await inventory.call({ method: 'GET', path, deadline });
}

const customerSchema = z.object({ customerId: z.string() });

async function authenticate(authorization: string | undefined, deadline: Deadline): Promise<string> {
  if (!authorization) throw new HttpError(401, 'no_token', 'send a bearer token in the Authorization header');
  const answer = await auth.call({ method: 'POST', path: '/validate', headers: { authorization }, deadline });
  return customerSchema.parse(expectSuccess(auth.name, answer)).customerId;
}

/** Answers what the other service has answered; its errors have our own form. */
function passOn(response: Response, { status, text }: Answer): void {
  sendText(response, status, text);
}
