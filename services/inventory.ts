/** inventory-service: the products, their prices and stock. */
import { z } from 'zod';
import { connectDatabase } from './lib/database.ts';
import { HttpError } from './lib/http-error.ts';
import { addReadiness, createApp, jsonBody, sendJson, serve } from './lib/server.ts';
import { databaseUrl, milliseconds, port, readSettings, wholeNumber } from './lib/settings.ts';

const settings = readSettings({
  PORT: port,
  DATABASE_URL: databaseUrl,
  DB_POOL_SIZE: wholeNumber(10, { min: 1, max: 100 }),
  DB_TIMEOUT_MS: milliseconds(1500, 1),
  // How many products the list shows.
  LIST_SIZE: wholeNumber(20, { min: 1, max: 1000 }),
});

interface Product {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
}

const PING = { name: 'ping', text: 'SELECT 1' };
const LIST = {
  name: 'list_products',
  text: 'SELECT id, name, price, stock FROM products ORDER BY id LIMIT $1',
};
const READ = { name: 'read_product', text: 'SELECT id, name, price, stock FROM products WHERE id = $1' };

// All or nothing, in one statement and one round trip. Two orders with the same products lock them in the same order, by id,
// so they cannot wait for each other.
const RESERVE = {
  name: 'reserve_stock',
  text: `WITH wanted AS (SELECT * FROM unnest($1::int[], $2::int[]) AS w (id, quantity)),
     locked AS (SELECT id, stock FROM products WHERE id = ANY ($1::int[]) ORDER BY id FOR UPDATE)
UPDATE products p SET stock = p.stock - w.quantity FROM wanted w
WHERE p.id = w.id AND NOT EXISTS (
  SELECT FROM wanted LEFT JOIN locked USING (id) WHERE locked.id IS NULL OR locked.stock < wanted.quantity)
RETURNING p.id, p.price`,
};
const RELEASE = {
  name: 'release_stock',
  text: `WITH wanted AS (SELECT * FROM unnest($1::int[], $2::int[]) AS w (id, quantity)),
     locked AS (SELECT id FROM products WHERE id = ANY ($1::int[]) ORDER BY id FOR UPDATE)
UPDATE products p SET stock = p.stock + w.quantity FROM wanted w JOIN locked USING (id) WHERE p.id = w.id`,
};
const SHORTAGE = {
  name: 'read_shortage',
  text: `SELECT w.id, p.id IS NULL AS unknown FROM unnest($1::int[], $2::int[]) AS w (id, quantity)
LEFT JOIN products p ON p.id = w.id WHERE p.id IS NULL OR p.stock < w.quantity ORDER BY w.id`,
};

const itemsSchema = z.object({
  items: z
    .array(z.object({ productId: z.int().positive(), quantity: z.int().positive() }))
    .min(1)
    .max(100),
});

const database = connectDatabase(settings.DATABASE_URL, {
  size: settings.DB_POOL_SIZE,
  timeoutMs: settings.DB_TIMEOUT_MS,
});
const app = createApp();
addReadiness(app, () => database.query(PING));

app.get('/products', async (_request, response) => {
  sendJson(response, 200, { products: await database.query<Product>(LIST, [settings.LIST_SIZE]) });
});

app.get('/products/:id', async (request, response) => {
  const { id } = request.params;
  const [product] = /^\d{1,9}$/.test(id) ? await database.query<Product>(READ, [Number(id)]) : [];
  if (!product) throw new HttpError(404, 'unknown_product', `there is no product ${id.slice(0, 50)}`);
  sendJson(response, 200, product);
});

/** Reserves the items if all of them are available; answers which are not, or the prices. */
app.post('/check-batch', jsonBody, async (request, response) => {
  const columns = columnsOf(request.body);
  const reserved = await database.query<Pick<Product, 'id' | 'price'>>(RESERVE, columns);
  if (reserved.length > 0) {
    const items = reserved.map(({ id, price }) => ({ productId: id, price }));
    return sendJson(response, 200, { allAvailable: true, items });
  }
  const short = await database.query<{ id: number; unknown: boolean }>(SHORTAGE, columns);
  const unknown = short.filter((row) => row.unknown).map((row) => row.id);
  const soldOut = short.filter((row) => !row.unknown).map((row) => row.id);
  sendJson(response, 200, { allAvailable: false, unknown, soldOut });
});

/** Puts reserved items back. */
app.post('/release', jsonBody, async (request, response) => {
  await database.query(RELEASE, columnsOf(request.body));
  sendJson(response, 200, { released: true });
});

serve(app, settings.PORT);

/** The items of a body as columns: product ids and quantities. */
function columnsOf(body: unknown): [ids: number[], quantities: number[]] {
  const parsed = itemsSchema.safeParse(body);
  if (!parsed.success) throw new HttpError(400, 'invalid_items', z.prettifyError(parsed.error));
  const { items } = parsed.data;
  return [items.map((item) => item.productId), items.map((item) => item.quantity)];
}
