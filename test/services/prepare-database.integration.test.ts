import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { runner } from 'node-pg-migrate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import system from '../../services/system.ts';
import { type Postgres, query, startPostgres } from './support/postgres.ts';

const ROOT = join(import.meta.dirname, '../..');
const MIGRATIONS = join(ROOT, 'services/database/migrations');

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const files = readdirSync(MIGRATIONS)
  .sort()
  .map((name) => ({ name: name.replace(/\.sql$/, '') }));

const prepare = (seed: number, url = postgres.url) => {
  const [, ...args] = system.database.prepare;
  return execa(process.execPath, args, {
    cwd: ROOT,
    env: { DATABASE_URL: url, SEED: `${seed}` },
  });
};
const all = (url = postgres.url) =>
  Promise.all([
    query(url, 'SELECT name, run_on FROM migrations ORDER BY id'),
    query(url, 'SELECT id, name, price, stock FROM products ORDER BY id'),
    query(url, 'SELECT * FROM customers ORDER BY id'),
  ]);

it('makes every migration once and fills the tables; once more, with another seed, changes nothing', async () => {
  await prepare(7);
  const before = await all();
  expect(before[0]).toMatchObject(files);
  expect(before[1].length).toBeGreaterThan(100);
  await prepare(8);
  expect(await all()).toEqual(before);
});

it('brings an older schema to the newest, and keeps what is there', async () => {
  await query(postgres.url, 'CREATE DATABASE older');
  const older = postgres.url.replace(/shop$/, 'older');
  const options = { dir: MIGRATIONS, migrationsTable: 'migrations', direction: 'up', log: () => {} } as const;
  await runner({ ...options, databaseUrl: older, count: 3 });
  await query(
    older,
    "INSERT INTO products (id, name, price, stock, initial_stock) VALUES (1, 'Old lamp', 5, 2, 3)",
  );
  await prepare(7, older);
  expect(await all(older)).toMatchObject([files, [{ id: 1, name: 'Old lamp', stock: 2 }], []]);
});

/** The keys by which the shop finds rows in tables that fill while it runs. */
const BY_KEY = [
  'SELECT FROM orders WHERE id = $1::uuid',
  'SELECT FROM outbox WHERE id = $1::bigint',
  'SELECT FROM payments WHERE order_id = $1::uuid AND provider = $2 AND attempt = $3',
  'SELECT FROM reservations WHERE order_id = $1::uuid AND product_id = $2',
];

it.each(BY_KEY)('leaves the server plans that stay good while tables fill: %s', async (statement) => {
  await prepare(7);
  const plan = await query(postgres.url, `EXPLAIN (GENERIC_PLAN) ${statement}`);
  expect(JSON.stringify(plan)).toContain('Index');
  expect(JSON.stringify(plan)).not.toContain('Seq Scan');
});
