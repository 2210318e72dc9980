/** Creates the schema and the seed data. Run once before the services, on a database of its own: old tables go. */
import { Client } from 'pg';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { CUSTOMERS, PRODUCTS, STOCK } from './lib/catalogue.ts';
import { databaseUrl, readSettings, wholeNumber } from './lib/settings.ts';

// Amounts are whole numbers of the minor unit. Rows that are updated have room on their page (fillfactor), so that
// an update of a column without an index touches none.
const SCHEMA = `
  DROP TABLE IF EXISTS products, reservations, price_list, customers, carts, orders, outbox, payment_orders, payments;

  -- inventory-service
  CREATE TABLE products (
    id            int  PRIMARY KEY,
    name          text NOT NULL,
    price         int  NOT NULL CHECK (price > 0),
    stock         int  NOT NULL CHECK (stock >= 0),
    initial_stock int  NOT NULL
  ) WITH (fillfactor = 20);
  CREATE TABLE reservations (
    order_id   uuid NOT NULL,
    product_id int  NOT NULL,
    quantity   int  NOT NULL CHECK (quantity >= 0),
    state      text NOT NULL CHECK (state IN ('reserved', 'released')),
    PRIMARY KEY (order_id, product_id)
  );

  -- order-service
  CREATE TABLE price_list (product_id int PRIMARY KEY, price int NOT NULL CHECK (price > 0));
  CREATE TABLE customers (id text PRIMARY KEY, name text NOT NULL);
  CREATE TABLE carts (
    customer_id     text PRIMARY KEY,
    items           json NOT NULL,
    voucher_percent int  NOT NULL CHECK (voucher_percent BETWEEN 0 AND 100)
  );
  CREATE TABLE orders (
    id            uuid PRIMARY KEY,
    reference     text,
    customer_id   text NOT NULL,
    state         text NOT NULL
      CHECK (state IN ('pending', 'accepted', 'paid', 'declined', 'payment_failed', 'cancelled')),
    accepted      boolean NOT NULL,
    amount        int  NOT NULL CHECK (amount > 0),
    items_count   int  NOT NULL,
    items         json NOT NULL,
    payment_token text NOT NULL,
    trace_id      text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 60);
  CREATE INDEX ON orders (created_at) WHERE state = 'pending';
  CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic       text NOT NULL,
    order_id    uuid NOT NULL,
    kind        text,
    traceparent text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    queued_at   timestamptz,
    done_at     timestamptz
  ) WITH (fillfactor = 50);
  CREATE INDEX ON outbox (id) WHERE queued_at IS NULL;

  -- payment-service
  CREATE TABLE payment_orders (
    order_id uuid PRIMARY KEY,
    state    text NOT NULL CHECK (state IN ('open', 'cancelled'))
  );
  CREATE TABLE payments (
    order_id   uuid NOT NULL,
    provider   text NOT NULL CHECK (provider IN ('stripe', 'backup')),
    attempt    int  NOT NULL,
    amount     int  NOT NULL CHECK (amount > 0),
    currency   text NOT NULL,
    state      text NOT NULL
      CHECK (state IN ('pending', 'unknown', 'charged', 'declined', 'failed', 'refunded', 'voided')),
    charge_id  text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, provider, attempt)
  );
  CREATE UNIQUE INDEX one_live_attempt ON payments (order_id) WHERE state IN ('pending', 'charged');
  CREATE INDEX ON payments (created_at) WHERE state IN ('pending', 'unknown');
`;

const settings = readSettings({
  DATABASE_URL: databaseUrl,
  // Prices, names and carts follow from it.
  SEED: wholeNumber(1, { min: 0, max: 0xff_ff_ff_ff }),
});

const ADJECTIVES = ['Plain', 'Sturdy', 'Light', 'Folding', 'Quiet', 'Bright', 'Soft', 'Heavy'];
const NOUNS = ['lamp', 'chair', 'kettle', 'bottle', 'shelf', 'clock', 'basket', 'blanket', 'mirror', 'stool'];

const random = xoroshiro128plus(settings.SEED);
const pick = (list: readonly string[]) => list[uniformInt(random, 0, list.length - 1)];
const ids = Array.from({ length: PRODUCTS }, (_, index) => index + 1);
const names = ids.map((id) => `${pick(ADJECTIVES)} ${pick(NOUNS)} no. ${id}`);
const prices = ids.map(() => uniformInt(random, 199, 19_999));
const FIRST_NAMES = ['Ada', 'Bela', 'Chidi', 'Dana', 'Emre', 'Fumi', 'Gita', 'Hugo', 'Ines', 'Jon'];
const customers = Array.from({ length: CUSTOMERS }, (_, index) => `c-${index + 1}`);
const customerNames = customers.map(() => pick(FIRST_NAMES));
const carts = customers.map(() => {
  const first = uniformInt(random, 1, PRODUCTS - 4);
  const count = uniformInt(random, 1, 4);
  return Array.from({ length: count }, (_, index) => ({
    productId: first + index,
    quantity: uniformInt(random, 1, 3),
  }));
});
// One customer in five has a voucher.
const vouchers = customers.map(() => (uniformInt(random, 1, 5) === 1 ? uniformInt(random, 1, 4) * 5 : 0));

const client = new Client({ connectionString: settings.DATABASE_URL, connectionTimeoutMillis: 10_000 });
await client.connect();
try {
  await client.query(`BEGIN; ${SCHEMA} COMMIT;`);
  await client.query(
    `INSERT INTO products (id, name, price, stock, initial_stock)
     SELECT id, name, price, $4, $4 FROM unnest($1::int[], $2::text[], $3::int[]) AS p (id, name, price)`,
    [ids, names, prices, STOCK],
  );
  await client.query(`INSERT INTO price_list SELECT id, price FROM products`);
  await client.query(`INSERT INTO customers (id, name) SELECT * FROM unnest($1::text[], $2::text[])`, [
    customers,
    customerNames,
  ]);
  await client.query(
    `INSERT INTO carts (customer_id, items, voucher_percent)
     SELECT id, items::json, voucher FROM unnest($1::text[], $2::text[], $3::int[]) AS c (id, items, voucher)`,
    [customers, carts.map((items) => JSON.stringify(items)), vouchers],
  );
  await client.query('ANALYZE');
} finally {
  await client.end();
}
