import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callByHand } from '../../services/lib/by-hand.ts';
import { type Call, ServiceClient } from '../../services/lib/client.ts';
import { Deadline } from '../../services/lib/deadline.ts';
import { withSpan } from '../../services/lib/spans.ts';
import { instrumentations } from '../../services/telemetry/instrumentations.ts';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const server = createServer((request, response) => {
  response.writeHead(Number(request.url?.slice(1))).end('{}');
});

let client: ServiceClient;
beforeAll(async () => {
  provider.register();
  registerInstrumentations({ tracerProvider: provider, instrumentations: instrumentations() });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new ServiceClient('callee', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await provider.shutdown();
});

/** The span of the one call that is made. */
async function spanOf(call: (call: Call) => Promise<unknown>, status: number) {
  exporter.reset();
  using deadline = new Deadline(5000);
  await withSpan('caller', {}, () => call({ method: 'GET', path: `/${status}`, deadline }));
  const spans = exporter.getFinishedSpans().filter(({ name }) => name === 'GET');
  expect(spans).toHaveLength(1);
  return spans[0];
}

it.each([200, 400, 401, 402, 403, 404, 409, 429, 500, 503])(
  'an answer %d makes the same of a span by hand as of one of the instrumentation',
  async (status) => {
    const automatic = await spanOf((call) => client.call(call), status);
    const byHand = await spanOf((call) => callByHand(client, call), status);
    expect(byHand?.status.code).toBe(automatic?.status.code);
    expect(byHand?.attributes['error.type']).toBe(automatic?.attributes['error.type']);
  },
);

it('a failure says what was answered, a refusal for good reason is none', async () => {
  const byHand = (status: number) => spanOf((call) => callByHand(client, call), status);
  expect((await byHand(503))?.status).toEqual({ code: 2, message: 'callee answered 503' });
  expect((await byHand(409))?.status).toEqual({ code: 1 });
});
