import { Client } from 'pg';

const client = new Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('CREATE TABLE seeds (seed bigint)');
await client.query('INSERT INTO seeds VALUES ($1)', [process.env.SEED]);
await client.end();
