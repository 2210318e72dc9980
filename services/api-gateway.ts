/** api-gateway: the shop's front door. */
import express, { type Request, type Response } from 'express';
import { authenticate } from './api-gateway/authenticate.ts';
import { type Answer, expectSuccess, ServiceClient } from './lib/client.ts';
import { Deadline } from './lib/deadline.ts';
import { addReadiness, createApp, sendText, serve } from './lib/server.ts';
import { milliseconds, onOff, port, readSettings, serviceUrl, wholeNumber } from './lib/settings.ts';
import { StaleCache } from './lib/stale-cache.ts';

const settings = readSettings({
  PORT: port,
  AUTH_URL: serviceUrl,
  INVENTORY_URL: serviceUrl,
  ORDER_URL: serviceUrl,
  // How old the product list may be …
  PRODUCT_LIST_TTL_MS: milliseconds(1000),
  // … and how much older when inventory-service fails; off = it fails with it.
  STALE_LIST: onOff('on'),
  PRODUCT_LIST_STALE_MS: milliseconds(300_000),
  PRODUCT_TIMEOUT_MS: milliseconds(1500, 1),
  // For the whole of an order, all its calls together.
  ORDER_DEADLINE_MS: milliseconds(5000, 1),
  AUTH_TIMEOUT_MS: milliseconds(500, 1),
  // off = auth-service is asked for each request.
  AUTH_CACHE: onOff('on'),
  AUTH_FRESH_MS: milliseconds(5000),
  AUTH_STALE_MS: milliseconds(600_000),
  AUTH_TOKENS_KEPT: wholeNumber(10_000, { min: 1, max: 1_000_000 }),
});

const auth = new ServiceClient('auth-service', settings.AUTH_URL);
const inventory = new ServiceClient('inventory-service', settings.INVENTORY_URL);
const order = new ServiceClient('order-service', settings.ORDER_URL);
const cachesTokens = settings.AUTH_CACHE === 'on';
const authentication = {
  auth,
  timeoutMs: settings.AUTH_TIMEOUT_MS,
  known: new StaleCache<string>({
    freshMs: cachesTokens ? settings.AUTH_FRESH_MS : 0,
    staleMs: cachesTokens ? settings.AUTH_STALE_MS : 0,
    most: settings.AUTH_TOKENS_KEPT,
  }),
};

const app = createApp();
// Ready when it listens: if it took itself out for a sick callee, the callee's outage would become everyone's.
addReadiness(app);

const productList = new StaleCache<string>({
  freshMs: settings.PRODUCT_LIST_TTL_MS,
  staleMs: settings.STALE_LIST === 'on' ? settings.PRODUCT_LIST_STALE_MS : 0,
  most: 1,
});
app.get('/api/products', async (_request, response) => {
  const { value } = await productList.get('', async () =>
    textOf(await getFrom(inventory, '/products', settings.PRODUCT_TIMEOUT_MS)),
  );
  sendText(response, 200, value);
});

app.get('/api/products/:id', async (request, response) => {
  const path = `/products/${encodeURIComponent(request.params.id)}`;
  passOn(response, await getFrom(inventory, path, settings.PRODUCT_TIMEOUT_MS));
});

// The body goes on as it is; it is order-service that knows what an order must look like.
app.post('/api/orders', express.text({ type: () => true, limit: '64kb' }), async (request, response) => {
  using deadline = new Deadline(settings.ORDER_DEADLINE_MS);
  const body = typeof request.body === 'string' ? request.body : '';
  const headers = await customerHeaders(request, deadline);
  passOn(response, await order.call({ method: 'POST', path: '/orders', body, headers, deadline }));
});

app.get('/api/orders/:id', async (request, response) => {
  using deadline = new Deadline(settings.PRODUCT_TIMEOUT_MS);
  const headers = await customerHeaders(request, deadline);
  const path = `/orders/${encodeURIComponent(request.params.id)}`;
  passOn(response, await order.callAgain({ method: 'GET', path, headers, deadline }));
});

serve(app, settings.PORT);

async function customerHeaders(request: Request, deadline: Deadline): Promise<Record<string, string>> {
  return { 'x-customer-id': await authenticate(authentication, request.headers.authorization, deadline) };
}

async function getFrom(service: ServiceClient, path: string, timeoutMs: number): Promise<Answer> {
  using deadline = new Deadline(timeoutMs);
  return await service.callAgain({ method: 'GET', path, deadline });
}

function textOf(answer: Answer): string {
  expectSuccess(inventory.name, answer);
  return answer.text;
}

/** Answers what the other service has answered; its errors have our own form. */
function passOn(response: Response, { status, text }: Answer): void {
  sendText(response, status, text);
}
