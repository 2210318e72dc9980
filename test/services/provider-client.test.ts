import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProviderClient, hasFailed, ProviderFailure } from '../../services/payment/provider-client.ts';

const REQUEST = { orderId: 'order', amount: 100, currency: 'eur', paymentToken: 'tok_visa' };
const ANSWERS_AFTER_MS = 400;

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((_request, response) => {
    setTimeout(() => response.end('{"id":"ch_1"}'), ANSWERS_AFTER_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => server?.closeAllConnections());

const failure = async (timeoutMs: number, withinMs?: number): Promise<ProviderFailure> => {
  const thrown = await createProviderClient(url, timeoutMs)
    .charge('key', REQUEST, withinMs)
    .catch((error: unknown) => error);
  if (thrown instanceof ProviderFailure) return thrown;
  throw new Error(`no ProviderFailure: ${thrown}`);
};

describe('a charge that must be done within less than its time-out', () => {
  it('fails by then, of unknown outcome', async () => {
    expect(await failure(3000, 60)).toMatchObject({ charged: 'maybe', timedOut: true, hurried: true });
  });

  it('is no fault of the provider that was given less than half of its time, unless it is the probe', async () => {
    const hurried = await failure(300, 60);
    expect([hasFailed(hurried, false), hasFailed(hurried, true)]).toEqual([false, true]);
    expect(hasFailed(await failure(100, 60), false)).toBe(true);
  });

  it('has its time-out where more is left, and none where there is none', async () => {
    expect((await failure(60, 3000)).message).toContain('within 60 ms');
    expect(await createProviderClient(url, 0).charge('key', REQUEST, 60)).toBe('ch_1');
  });
});
