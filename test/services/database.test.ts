import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectDatabase } from '../../services/lib/database.ts';

/** Of the PostgreSQL protocol: signed in, and ready for a query. */
const READY = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});

describe('connectDatabase', () => {
  it('outlives a connection that ends while a query waits on it', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write(READY);
        // The query is never answered: what a fault that is removed does to connections that it held.
        socket.once('data', () => socket.end());
      });
    }).listen(0, '127.0.0.1');
    undo.push(() => server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const database = connectDatabase(`postgres://shop@127.0.0.1:${port}/shop`, { size: 1, timeoutMs: 5000 });
    // An error that nobody listens to would end the process, and so this test.
    await expect(database.query({ name: 'any', text: 'SELECT 1' })).rejects.toMatchObject({
      status: 503,
      code: 'database_unavailable',
    });
    await new Promise((resolve) => setImmediate(resolve));
  });
});
