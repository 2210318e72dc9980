/** Creates the schema and the seed data. Run once before the services, on a database of its own: old tables go. */
import { Client } from 'pg';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { PRODUCTS, STOCK } from './lib/catalogue.ts';
import { databaseUrl, readSettings, wholeNumber } from './lib/settings.ts';

// Amounts are whole numbers of the minor unit. Rows that are updated have room on their page (fillfactor), so that
// an update touches no index.
const SCHEMA = `
  DROP TABLE IF EXISTS products, orders, payments;
  CREATE TABLE products (
    id            int  PRIMARY KEY,
    name          text NOT NULL,
    price         int  NOT NULL CHECK (price > 0),
    stock         int  NOT NULL CHECK (stock >= 0),
    initial_stock int  NOT NULL
  ) WITH (fillfactor = 20);
  CREATE TABLE orders (
    id          uuid PRIMARY KEY,
    reference   text,
    customer_id text NOT NULL,
    state       text NOT NULL CHECK (state IN ('pending', 'paid', 'declined', 'payment_failed')),
    amount      int  NOT NULL CHECK (amount > 0),
    items_count int  NOT NULL,
    items       json NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 60);
  -- unknown: the provider did not answer in time, and may have charged
  CREATE TABLE payments (
    order_id           uuid PRIMARY KEY,
    amount             int  NOT NULL CHECK (amount > 0),
    currency           text NOT NULL,
    state              text NOT NULL CHECK (state IN ('charged', 'declined', 'failed', 'unknown')),
    provider_charge_id text
  );
`;

const settings = readSettings({
  DATABASE_URL: databaseUrl,
  // Prices and names follow from it.
  SEED: wholeNumber(1, { min: 0, max: 0xff_ff_ff_ff }),
});

const ADJECTIVES = ['Plain', 'Sturdy', 'Light', 'Folding', 'Quiet', 'Bright', 'Soft', 'Heavy'];
const NOUNS = ['lamp', 'chair', 'kettle', 'bottle', 'shelf', 'clock', 'basket', 'blanket', 'mirror', 'stool'];

const random = xoroshiro128plus(settings.SEED);
const pick = (list: readonly string[]) => list[uniformInt(random, 0, list.length - 1)];
const ids = Array.from({ length: PRODUCTS }, (_, index) => index + 1);
const names = ids.map((id) => `${pick(ADJECTIVES)} ${pick(NOUNS)} no. ${id}`);
const prices = ids.map(() => uniformInt(random, 199, 19_999));

const client = new Client({ connectionString: settings.DATABASE_URL, connectionTimeoutMillis: 10_000 });
await client.connect();
try {
  await client.query(`BEGIN; ${SCHEMA} COMMIT;`);
  await client.query(
    `INSERT INTO products (id, name, price, stock, initial_stock)
     SELECT id, name, price, $4, $4 FROM unnest($1::int[], $2::text[], $3::int[]) AS p (id, name, price)`,
    [ids, names, prices, STOCK],
  );
  await client.query('ANALYZE products');
} finally {
  await client.end();
}
