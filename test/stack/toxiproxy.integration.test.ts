import { once } from 'node:events';
import { createServer as createHttpServer, get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { EdgeProxy } from '../../harness/contracts.ts';
import { allocatePorts } from '../../harness/stack/ports.ts';
import { createProxies, readToxiproxyVersion } from '../../harness/stack/toxiproxy.ts';
import { type RealToxiproxy, START_MS, startToxiproxy } from './real-toxiproxy.ts';

let toxiproxy: RealToxiproxy;
let url: string;
let proxy: EdgeProxy;
const upstream = createHttpServer((_, response) => response.end('ok'));
const latency = {
  name: 'slow',
  type: 'latency',
  stream: 'downstream',
  toxicity: 1,
  attributes: { latency: 300, jitter: 0 },
} as const;

beforeAll(async () => {
  toxiproxy = await startToxiproxy(upstream);
  ({ proxy, url } = toxiproxy);
}, START_MS);

afterAll(async () => {
  await toxiproxy.stop();
});

/** Milliseconds of one request by the proxy, on a connection of its own. */
async function timeRequest(): Promise<number> {
  const began = performance.now();
  const request = get(`http://${proxy.address}/`, { agent: false });
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  return performance.now() - began;
}

test('a toxic is felt while it is there, is read back as it was given, and is gone after', async () => {
  expect(await proxy.read()).toEqual({ enabled: true, toxics: [] });
  await proxy.addToxic(latency);
  expect(await proxy.read()).toEqual({ enabled: true, toxics: [latency] });
  expect(await timeRequest()).toBeGreaterThanOrEqual(299);
  await proxy.removeToxic('slow');
  expect(await proxy.read()).toEqual({ enabled: true, toxics: [] });
  expect(await timeRequest()).toBeLessThan(299);
});

test('a disabled proxy refuses connections and keeps its toxics', async () => {
  await proxy.addToxic(latency);
  await proxy.setEnabled(false);
  expect(await proxy.read()).toEqual({ enabled: false, toxics: [latency] });
  await expect(timeRequest()).rejects.toThrow('ECONNREFUSED');
  await proxy.setEnabled(true);
  expect((await proxy.read()).enabled).toBe(true);
  await proxy.removeToxic('slow');
  await timeRequest();
});

test('removing what is not there is no error', async () => {
  await proxy.removeToxic('never-added');
});

test('errors carry the words of Toxiproxy and what was asked', async () => {
  const unknown = proxy.addToxic({ ...latency, type: 'gremlin' });
  await expect(unknown).rejects.toThrow('invalid toxic type (status 400)');
  await expect(unknown).rejects.toThrow('/proxies/a-to-b/toxics');
  await proxy.addToxic(latency);
  await expect(proxy.addToxic(latency)).rejects.toThrow('toxic already exists (status 409)');
  await proxy.removeToxic('slow');
  const taken = { name: 'other', listen: proxy.address, upstream: '127.0.0.1:1' };
  await expect(createProxies(url, [taken])).rejects.toThrow('address already in use');
});

test('a Toxiproxy that does not answer is an error after the deadline, one that is not there at once', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const silentUrl = `http://127.0.0.1:${port}`;
  await expect(readToxiproxyVersion(silentUrl, 100)).rejects.toThrow('no answer within 100 ms');
  const [free] = (await allocatePorts(['nobody'])).values();
  await expect(readToxiproxyVersion(`http://127.0.0.1:${free}`)).rejects.toThrow('ECONNREFUSED');
  expect(await readToxiproxyVersion(url)).toContain('version');
});
