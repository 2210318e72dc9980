import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { latency } from '../../faults/latency.ts';
import type { EdgeProxy } from '../../harness/contracts.ts';
import { answers } from '../../harness/stack/http-probe.ts';
import { type Lease, takeLease } from '../../harness/stack/lease.ts';
import { type RunningPart, spawnPart } from '../../harness/stack/part.ts';
import { allocatePorts } from '../../harness/stack/ports.ts';
import { ensureTools } from '../../harness/stack/tools.ts';
import { createProxies } from '../../harness/stack/toxiproxy.ts';

const LATENCY_MS = 400;
const fault = latency({ latencyMs: LATENCY_MS });
const upstream = createServer((_, response) => response.end('ok'));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let lease: Lease;
let part: RunningPart;
let proxy: EdgeProxy;

beforeAll(async () => {
  const tools = await ensureTools({ names: ['toxiproxy'] });
  lease = await takeLease({ logFile: '/dev/null' });
  const [api = 0, listen = 0] = (await allocatePorts(['api', 'proxy'])).values();
  const url = `http://127.0.0.1:${api}`;
  part = spawnPart(
    {
      name: 'toxiproxy',
      kind: 'proxy',
      command: [tools.toxiproxy.path, '-host', '127.0.0.1', '-port', String(api)],
      environment: {},
      folder: '/',
      logFile: '/dev/null',
      ready: answers(`${url}/version`),
      readyWithinMs: 10_000,
      stopWithinMs: 5_000,
    },
    lease,
    () => undefined,
  );
  await part.untilReady(new AbortController().signal);
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const request = { name: 'a-to-b', listen: `127.0.0.1:${listen}`, upstream: `127.0.0.1:${port}` };
  const [created] = (await createProxies(url, [request])).values();
  if (!created) throw new Error('no proxy was created');
  proxy = created;
}, 900_000);

afterAll(async () => {
  agent.destroy();
  await part.stop();
  await lease.release();
  upstream.close();
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
