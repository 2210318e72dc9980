/** Books that are read from a real PostgreSQL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatherBooks } from '../../harness/evidence/books.ts';
import { parquetPath } from '../../harness/evidence/parquet.ts';
import { queryRows } from '../../harness/evidence/query.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';
import { type Postgres, startPostgres } from '../services/support/postgres.ts';

let postgres: Postgres;
let folder: string;
let evidence: EvidenceWriter;

beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'chaoscope-books-'));
  evidence = await EvidenceWriter.create(folder);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`CREATE TABLE orders AS
    SELECT i::bigint AS id, 'o-' || i AS reference, (i * 1.25)::numeric(10, 2) AS amount, i % 2 = 0 AS paid,
           NULLIF(i, 3)::int AS note, jsonb_build_object('n', i) AS items, now() AS at
    FROM generate_series(1, 12000) i`);
  await client.end();
});

afterAll(async () => {
  evidence.close();
  rmSync(folder, { recursive: true, force: true });
  await postgres.stop();
});

const gather = async (sql: string) => {
  const book = { name: 'orders', from: { sql } };
  return gatherBooks(evidence, [book], { databaseUrl: postgres.url, serviceUrl: () => '' });
};
const query = (sql: string) =>
  queryRows(
    evidence.connection,
    sql.replace('books', `read_parquet('${parquetPath(folder, 'books_orders')}')`),
  );

test('more rows than are fetched at a time, with their types', async () => {
  expect(await gather('SELECT * FROM orders ORDER BY id;')).toEqual({ rows: { orders: 12_000 }, failed: {} });
  expect(await query('SELECT count(*) AS n, sum(amount) AS sum, count(note) AS notes FROM books')).toEqual([
    { n: 12_000, sum: 90_007_500, notes: 11_999 },
  ]);
  expect(await query('SELECT id, reference, amount, paid, note, items FROM books WHERE id = 3')).toEqual([
    { id: 3, reference: 'o-3', amount: 3.75, paid: false, note: null, items: '{"n": 3}' },
  ]);
});

test('no rows are a table with the columns of the query', async () => {
  expect(await gather('SELECT id, amount FROM orders WHERE false')).toEqual({
    rows: { orders: 0 },
    failed: {},
  });
  expect(await query('SELECT id, amount FROM books')).toEqual([]);
});

test('a query that fails, and one that would write, are told', async () => {
  expect((await gather('SELECT nothing FROM orders')).failed['orders']).toContain('nothing');
  expect((await gather("SELECT nextval('x')")).failed['orders']).toContain('x');
  expect(await gather('SELECT count(*) AS n FROM orders')).toMatchObject({ rows: { orders: 1 } });
});
