import type { Client } from 'pg';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { CUSTOMERS, PRODUCTS, STOCK } from '../lib/catalogue.ts';

const ADJECTIVES = ['Plain', 'Sturdy', 'Light', 'Folding', 'Quiet', 'Bright', 'Soft', 'Heavy'];
const NOUNS = ['lamp', 'chair', 'kettle', 'bottle', 'shelf', 'clock', 'basket', 'blanket', 'mirror', 'stool'];
const FIRST_NAMES = ['Ada', 'Bela', 'Chidi', 'Dana', 'Emre', 'Fumi', 'Gita', 'Hugo', 'Ines', 'Jon'];

/** Fills the empty tables: products, their prices, customers and their carts, the same for the same seed. */
export async function fillTables(client: Client, seed: number): Promise<void> {
  const random = xoroshiro128plus(seed);
  const pick = (list: readonly string[]) => list[uniformInt(random, 0, list.length - 1)];
  const ids = Array.from({ length: PRODUCTS }, (_, index) => index + 1);
  const names = ids.map((id) => `${pick(ADJECTIVES)} ${pick(NOUNS)} no. ${id}`);
  const prices = ids.map(() => uniformInt(random, 199, 19_999));
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

  await client.query(
    `INSERT INTO products (id, name, price, stock, initial_stock)
     SELECT id, name, price, $4, $4 FROM unnest($1::int[], $2::text[], $3::int[]) AS p (id, name, price)`,
    [ids, names, prices, STOCK],
  );
  await client.query('INSERT INTO price_list SELECT id, price FROM products');
  await client.query('INSERT INTO customers (id, name) SELECT * FROM unnest($1::text[], $2::text[])', [
    customers,
    customerNames,
  ]);
  await client.query(
    `INSERT INTO carts (customer_id, items, voucher_percent)
     SELECT id, items::json, voucher FROM unnest($1::text[], $2::text[], $3::int[]) AS c (id, items, voucher)`,
    [customers, carts.map((items) => JSON.stringify(items)), vouchers],
  );
  // Not the tables that are still empty: a server that knows so plans to read them whole, and keeps the plans of prepared
  // statements while they fill.
  await client.query('ANALYZE products, price_list, customers, carts');
}
