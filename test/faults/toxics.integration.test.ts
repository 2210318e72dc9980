import { once } from 'node:events';
import { Agent, createServer, get, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { bandwidth } from '../../faults/bandwidth.ts';
import { blackhole } from '../../faults/blackhole.ts';
import { down } from '../../faults/down.ts';
import { limit } from '../../faults/limit.ts';
import { reset } from '../../faults/reset.ts';
import { slowClose } from '../../faults/slow-close.ts';
import type { EdgeProxy, Fault } from '../../harness/contracts.ts';
import { type RealToxiproxy, START_MS, startToxiproxy } from '../stack/real-toxiproxy.ts';

const LARGE = 'x'.repeat(40_000);
/** What has come through to the callee. */
let requests: string[] = [];
/** Answers to /held, which the test sends. */
let held: ServerResponse[] = [];
/** Keeps one connection. */
let kept: Agent;
let toxiproxy: RealToxiproxy;
let proxy: EdgeProxy;

const upstream = createServer((request, response) => {
  requests.push(request.url ?? '');
  if (request.url === '/held') held.push(response);
  else if (request.url === '/until-close') request.socket.end('HTTP/1.1 200 OK\r\n\r\nok');
  else response.end(request.url === '/large' ? LARGE : 'ok');
});

beforeAll(async () => {
  toxiproxy = await startToxiproxy(upstream);
  ({ proxy } = toxiproxy);
}, START_MS);

afterAll(async () => {
  kept.destroy();
  await toxiproxy.stop();
});

beforeEach(() => {
  requests = [];
  held = [];
  kept?.destroy();
  kept = new Agent({ keepAlive: true, maxSockets: 1 });
});

interface Outcome {
  /** The body, or the code of the error. */
  readonly result: string;
  readonly tookMs: number;
}

/** One request by the proxy, by default on a connection of its own. */
async function call(path: string, agent: Agent | false = false): Promise<Outcome> {
  const began = performance.now();
  const result = await bodyOf(path, agent).catch((error: unknown) =>
    error instanceof Error && 'code' in error ? String(error.code) : String(error),
  );
  return { result, tookMs: performance.now() - began };
}

async function bodyOf(path: string, agent: Agent | false): Promise<string> {
  const request = get(`http://${proxy.address}${path}`, { agent });
  const [response] = await once(request, 'response');
  return text(response);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Applies the fault, tells what `under` yields, and reverts it; each is read back. */
async function during<Result>(fault: Fault, under: () => Promise<Result>): Promise<Result> {
  expect(await fault.inForce(proxy)).toBe(false);
  await fault.apply(proxy);
  expect(await fault.inForce(proxy)).toBe(true);
  try {
    return await under();
  } finally {
    await fault.revert(proxy);
    expect(await fault.inForce(proxy)).toBe(false);
    await fault.revert(proxy);
    expect(await proxy.read()).toEqual({ enabled: true, toxics: [] });
    expect(await call('/')).toMatchObject({ result: 'ok' });
    expect(await call('/', kept)).toMatchObject({ result: 'ok' });
  }
}

test('down: what is under way breaks off, new connections are refused', async () => {
  const underWay = call('/held', kept);
  await expect.poll(() => held).toHaveLength(1);
  await during(down(), async () => {
    expect((await underWay).result).toBe('ECONNRESET');
    expect((await call('/', kept)).result).toBe('ECONNREFUSED');
    expect((await call('/')).result).toBe('ECONNREFUSED');
    expect(requests).toEqual(['/held']);
  });
});

test('blackhole: neither requests nor answers get through, and connections stay open until it ends', async () => {
  await call('/', kept);
  // Its connection is kept as well: the callee's closing it would get through.
  const other = new Agent({ keepAlive: true });
  onTestFinished(() => other.destroy());
  const underWay = call('/held', other);
  await expect.poll(() => held).toHaveLength(1);
  const { waiting } = await during(blackhole(), async () => {
    for (const response of held) response.end('ok');
    const calls = [underWay, call('/', kept), call('/')];
    expect(await Promise.race([...calls, sleep(500)])).toBeUndefined();
    expect(requests).toEqual(['/', '/held']);
    return { waiting: Promise.all(calls) };
  });
  for (const { result, tookMs } of await waiting) {
    expect(result).toBe('ECONNRESET');
    expect(tookMs).toBeGreaterThanOrEqual(490);
  }
});

test('reset: the callee does the work, and its caller gets no answer', async () => {
  await call('/', kept);
  requests = [];
  await during(reset(), async () => {
    expect((await call('/', kept)).result).toBe('ECONNRESET');
    expect((await call('/')).result).toBe('ECONNRESET');
    expect(requests).toEqual(['/', '/']);
  });
});

test('reset: it waits as long as was asked for, and the revert no longer than that', async () => {
  const began = await during(reset({ afterMs: 600 }), async () => {
    const { result, tookMs } = await call('/');
    expect(result).toBe('ECONNRESET');
    expect(tookMs).toBeGreaterThanOrEqual(599);
    void call('/');
    await expect.poll(() => requests).toHaveLength(2);
    return performance.now();
  });
  // With the two requests after it.
  expect(performance.now() - began).toBeLessThan(1500);
});

test('bandwidth: an answer takes its size by the rate, on open connections as well; small ones are quick', async () => {
  const before = await call('/large', kept);
  expect(before.tookMs).toBeLessThan(399);
  await during(bandwidth({ kbps: 100 }), async () => {
    for (const agent of [kept, false] as const) {
      const { result, tookMs } = await call('/large', agent);
      expect(result).toBe(LARGE);
      // 40 KB at 100 KB/s; a timer may be a millisecond early for each piece of 10 KB.
      expect(tookMs).toBeGreaterThanOrEqual(390);
    }
    expect((await call('/')).tookMs).toBeLessThan(390);
  });
  expect((await call('/large', kept)).tookMs).toBeLessThan(399);
});

test('slow-close: an answer that ends with the close comes later, others do not', async () => {
  const before = await call('/until-close');
  expect(before).toMatchObject({ result: 'ok' });
  expect(before.tookMs).toBeLessThan(399);
  await during(slowClose({ delayMs: 400 }), async () => {
    const { result, tookMs } = await call('/until-close');
    expect(result).toBe('ok');
    expect(tookMs).toBeGreaterThanOrEqual(399);
    expect((await call('/')).tookMs).toBeLessThan(399);
    expect((await call('/', kept)).tookMs).toBeLessThan(399);
  });
});

test('limit: an answer that needs more is cut off; on a kept connection the answers add up', async () => {
  await call('/large', kept);
  await during(limit({ bytes: 500 }), async () => {
    expect((await call('/large')).result).toBe('ECONNRESET');
    expect((await call('/')).result).toBe('ok');
    const small: string[] = [];
    for (let nth = 0; nth < 10; nth++) small.push((await call('/', kept)).result);
    // What came before the fault does not count.
    expect(small[0]).toBe('ok');
    expect(small).toContain('ECONNRESET');
  });
});
