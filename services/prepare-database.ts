/**
 * Brings the database to the newest schema, by the migrations that it has not seen yet, and fills it when it is empty.
 * Run before the services; once more changes nothing.
 */
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import { fillTables } from './database/seed.ts';
import { databaseUrl, readSettings, wholeNumber } from './lib/settings.ts';

const settings = readSettings({
  DATABASE_URL: databaseUrl,
  // Prices, names and carts follow from it.
  SEED: wholeNumber(1, { min: 0, max: 0xff_ff_ff_ff }),
});

const client = new Client({ connectionString: settings.DATABASE_URL, connectionTimeoutMillis: 10_000 });
await client.connect();
try {
  await runner({
    dbClient: client,
    dir: join(import.meta.dirname, 'database/migrations'),
    direction: 'up',
    migrationsTable: 'migrations',
    log: () => {},
  });
  const { rows } = await client.query('SELECT FROM products LIMIT 1');
  if (rows.length === 0) {
    // When something fails the connection is closed, and so all is rolled back.
    await client.query('BEGIN');
    await fillTables(client, settings.SEED);
    await client.query('COMMIT');
  }
} finally {
  await client.end();
}
