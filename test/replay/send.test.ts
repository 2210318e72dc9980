import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { TimedBatch } from '../../harness/replay/batches.ts';
import { sendBatches } from '../../harness/replay/send.ts';

/** A server that answers with the statuses in turn, the last one from then on; the bodies that came. */
async function server(...statuses: readonly number[]) {
  const bodies: string[] = [];
  let count = 0;
  const http = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    bodies.push(Buffer.concat(parts).toString());
    response.writeHead(statuses[Math.min(count++, statuses.length - 1)] ?? 200).end('why');
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close().closeAllConnections());
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { bodies, url: `http://127.0.0.1:${address.port}` };
}

const START_US = 1_760_000_000_000_000;

async function* batchesAt(...atMs: readonly number[]): AsyncGenerator<TimedBatch> {
  for (const ms of atMs) yield { message: Buffer.from(`at ${ms}`), spans: 2, atUs: START_US + ms * 1000 };
}

const send = (
  url: string,
  batches: AsyncIterable<TimedBatch>,
  speed = 1,
  signal = new AbortController().signal,
) => sendBatches({ url, batches, speed, signal, onStart: () => undefined });

test('sends all, not before they are due, and says how much it was', async () => {
  const { bodies, url } = await server(200);
  const started = performance.now();
  const starts: number[] = [];
  const sent = await sendBatches({
    url,
    batches: batchesAt(0, 100, 4000),
    speed: 20,
    signal: new AbortController().signal,
    onStart: (atUs) => starts.push(atUs),
  });
  expect(performance.now() - started).toBeGreaterThanOrEqual(200);
  expect(bodies.toSorted()).toEqual(['at 0', 'at 100', 'at 4000']);
  expect(sent).toMatchObject({ batches: 3, spans: 6, recordedS: 4, givenUp: { spans: 0, why: undefined } });
  expect(sent.latestMs).toBeGreaterThanOrEqual(0);
  expect(starts).toEqual([START_US]);
});

test('tries again what the Collector has no room for, as an SDK does', async () => {
  const { bodies, url } = await server(503, 429, 200);
  const sent = await send(url, batchesAt(0), 100);
  expect(bodies).toEqual(['at 0', 'at 0', 'at 0']);
  expect(sent.givenUp.spans).toBe(0);
});

test('gives up after five times, or at once when it would be in vain, and counts the spans', async () => {
  const full = await server(503);
  expect((await send(full.url, batchesAt(0), 100)).givenUp).toEqual({ spans: 2, why: 'status 503 why' });
  expect(full.bodies).toHaveLength(5);
  const bad = await server(400);
  expect((await send(bad.url, batchesAt(0, 0))).givenUp).toEqual({ spans: 4, why: 'status 400 why' });
  expect(bad.bodies).toHaveLength(2);
});

test('nothing to send', async () => {
  const { url } = await server(200);
  expect(await send(url, batchesAt())).toMatchObject({ batches: 0, spans: 0, recordedS: 0, latestMs: 0 });
});

test('stops when it is told to, also while it waits', async () => {
  const { bodies, url } = await server(200);
  const controller = new AbortController();
  const sending = send(url, batchesAt(0, 3_600_000), 1, controller.signal);
  while (bodies.length === 0) await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('stopped'));
  await expect(sending).rejects.toThrow('stopped');
});
