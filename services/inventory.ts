/** inventory-service: the products, their prices and stock. */
import { z } from 'zod';
import { listReserved, release, reserve } from './inventory/stock.ts';
import { connectDatabase } from './lib/database.ts';
import { HttpError } from './lib/http-error.ts';
import { addReadiness, createApp, jsonBody, sendJson, serve } from './lib/server.ts';
import { databaseUrl, milliseconds, port, readSettings, wholeNumber } from './lib/settings.ts';
import { validated } from './lib/validate.ts';

const settings = readSettings({
  PORT: port,
  DATABASE_URL: databaseUrl,
  DB_POOL_SIZE: wholeNumber(10, { min: 1, max: 100 }),
  DB_TIMEOUT_MS: milliseconds(1000, 1),
  // How many products the list shows.
  LIST_SIZE: wholeNumber(20, { min: 1, max: 1000 }),
});

const PING = { name: 'ping', text: 'SELECT 1' };
const LIST = {
  name: 'list_products',
  text: 'SELECT id, name, price, stock FROM products ORDER BY id LIMIT $1',
};
const READ = { name: 'read_product', text: 'SELECT id, name, price, stock FROM products WHERE id = $1' };

/** The largest number of a column. */
const MOST = 2 ** 31 - 1;
const numberSchema = z.int().positive().max(MOST);
const itemSchema = z.object({ productId: numberSchema, quantity: numberSchema });
const checkSchema = itemSchema.extend({ orderId: z.uuid() });
const batchSchema = z.object({
  orderId: z.uuid(),
  items: z
    .array(itemSchema)
    .min(1)
    .max(100)
    .refine((items) => new Set(items.map(({ productId }) => productId)).size === items.length, {
      error: 'name each product once',
    }),
});
const wholeSchema = z.coerce.number().int().nonnegative();
const reservedSchema = z.object({
  reservedUs: wholeSchema,
  orderId: z.uuid(),
  productId: wholeSchema.max(MOST),
  olderThanMs: wholeSchema,
});
const productSchema = z.object({ id: z.string().regex(/^[1-9]\d{0,8}$/, 'must be a product number') });

const database = connectDatabase(settings.DATABASE_URL, {
  size: settings.DB_POOL_SIZE,
  timeoutMs: settings.DB_TIMEOUT_MS,
});
const app = createApp();
addReadiness(app, () => database.query(PING));

app.get('/products', async (_request, response) => {
  sendJson(response, 200, { products: await database.query(LIST, [settings.LIST_SIZE]) });
});

app.get('/products/:id', async (request, response) => {
  const { id } = validated(productSchema, request.params, 'invalid_product', 'the product id is not valid');
  const [product] = await database.query(READ, [Number(id)]);
  if (!product) throw new HttpError(404, 'unknown_product', `there is no product ${id}`);
  sendJson(response, 200, product);
});

/** Reserves one product for an order, if there is enough of it. */
app.post('/inventory/check', jsonBody, async (request, response) => {
  const { orderId, ...item } = validated(checkSchema, request.body, 'invalid_item', 'the item is not valid');
  sendJson(response, 200, await reserve(database, orderId, [item]));
});

/** Reserves all products of an order, if there is enough of all of them. */
app.post('/inventory/check-batch', jsonBody, async (request, response) => {
  const { orderId, items } = validated(batchSchema, request.body, 'invalid_items', 'the items are not valid');
  sendJson(response, 200, await reserve(database, orderId, items));
});

/** What is reserved for so long that whoever reserved it should know what became of it. */
app.get('/inventory/reservations', async (request, response) => {
  const { searchParams } = new URL(request.url, 'http://inventory-service');
  const query = Object.fromEntries(searchParams);
  const { olderThanMs, ...cursor } = validated(
    reservedSchema,
    query,
    'invalid_query',
    'the query is not valid',
  );
  sendJson(response, 200, { reservations: await listReserved(database, cursor, olderThanMs) });
});

/** Puts an order's products back. */
app.post('/inventory/release', jsonBody, async (request, response) => {
  const { orderId, items } = validated(batchSchema, request.body, 'invalid_items', 'the items are not valid');
  await release(database, orderId, items);
  sendJson(response, 200, { released: true });
});

serve(app, settings.PORT);
