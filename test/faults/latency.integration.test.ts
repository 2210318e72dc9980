import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { latency } from '../../faults/latency.ts';
import type { EdgeProxy } from '../../harness/contracts.ts';
import { type RealToxiproxy, START_MS, startToxiproxy } from '../stack/real-toxiproxy.ts';

const LATENCY_MS = 400;
const fault = latency({ latencyMs: LATENCY_MS });
const upstream = createServer((_, response) => response.end('ok'));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let toxiproxy: RealToxiproxy;
let proxy: EdgeProxy;

beforeAll(async () => {
  toxiproxy = await startToxiproxy(upstream);
  ({ proxy } = toxiproxy);
}, START_MS);

afterAll(async () => {
  agent.destroy();
  await toxiproxy.stop();
});

/** Milliseconds of one request by the proxy, on the one connection that is kept open. */
async function timeRequest(): Promise<number> {
  const began = performance.now();
  const [response] = await once(get(`http://${proxy.address}/`, { agent }), 'response');
  response.resume();
  await once(response, 'end');
  return performance.now() - began;
}

test('it is felt on a connection that is open already, read back, and gone after the revert', async () => {
  const before = await timeRequest();
  expect(await fault.inForce(proxy)).toBe(false);
  await fault.apply(proxy);
  expect(await fault.inForce(proxy)).toBe(true);
  // Toxiproxy sleeps for the latency; a millisecond less is the rounding of two clocks.
  expect(await timeRequest()).toBeGreaterThanOrEqual(LATENCY_MS - 1);
  await fault.revert(proxy);
  expect(await fault.inForce(proxy)).toBe(false);
  expect(before).toBeLessThan(LATENCY_MS);
  expect(await timeRequest()).toBeLessThan(LATENCY_MS);
  await fault.revert(proxy);
});
