import { expect, type TestContext, test } from 'vitest';
import { settle, settleCollector } from '../../harness/evidence/settle.ts';
import type { Settled } from '../../harness/evidence/until-still.ts';
import { settledMessage } from '../../harness/gather.ts';
import { startFakeJaeger } from './fake-jaeger.ts';
import { serve } from './serve.ts';

/** URL of what answers the metrics of a Collector, and of a service. */
const metricsServer = (
  { onTestFinished }: TestContext,
  status: number,
  metrics: string,
  sdkMetrics?: string,
): Promise<string> =>
  serve(({ url }, response) => {
    if (url === '/sdk') response.end(sdkMetrics);
    else response.writeHead(status).end(metrics);
  }, onTestFinished);

/** Waits for a Collector whose metrics answer this, for a second beyond the decision at most. */
async function settleOn(
  context: TestContext,
  status: number,
  metrics: string,
  hasSampler = false,
  sdkMetrics?: string,
): Promise<Settled> {
  const jaeger = await startFakeJaeger([], context.onTestFinished);
  const url = await metricsServer(context, status, metrics, sdkMetrics);
  return settle({
    collectorMetricsUrl: `${url}/metrics`,
    ...(sdkMetrics === undefined ? {} : { sdkMetricsUrls: new Map([['payment-service', `${url}/sdk`]]) }),
    jaegerUrl: jaeger.url,
    service: 'entry',
    decisionWaitS: 0,
    hasSampler,
    endUs: 1_760_000_000_000_000,
    marginS: 4,
  });
}

const ACCEPTED = 'otelcol_receiver_accepted_spans{receiver="otlp"} 7\n';

test.concurrent('a Collector that does nothing more and an archive that does not change are settled', async (context) => {
  const settled = await settleOn(context, 200, ACCEPTED);
  expect(settled).toMatchObject({ ok: true, detail: expect.stringContaining('7 spans accepted') });
});

test.concurrent('a Collector alone is settled without an archive, unless it still has something queued', async (context) => {
  const alone = async (metrics: string) =>
    settleCollector({
      collectorMetricsUrl: `${await metricsServer(context, 200, metrics)}/metrics`,
      decisionWaitS: 0,
      hasSampler: false,
      marginS: 4,
    });
  expect(await alone(ACCEPTED)).toMatchObject({
    ok: true,
    detail: expect.stringContaining('7 spans accepted'),
  });
  expect(await alone(`${ACCEPTED}otelcol_exporter_queue_size 2\n`)).toMatchObject({
    ok: false,
    detail: 'not stable after 4 s: the exporter (2 in its queue)',
  });
});

test.concurrent('spans that wait in a service are not settled, though the Collector knows nothing of them', async (context) => {
  const queue = (size: number) => `otel_sdk_processor_span_queue_size{otel_component_name="b/0"} ${size}\n`;
  const waiting = await settleOn(context, 200, ACCEPTED, false, queue(3));
  expect(waiting).toMatchObject({
    ok: false,
    detail: expect.stringContaining('payment-service (3 spans wait to be exported)'),
  });
  expect(await settleOn(context, 200, ACCEPTED, false, queue(0))).toMatchObject({ ok: true });
  // Neither in the queue nor done with: a batch that is tried again.
  const underWay = 'otel_sdk_span_ended_total 9\notel_sdk_processor_span_processed_total{a="b"} 5\n';
  const trying = await settleOn(context, 200, ACCEPTED, false, `${underWay}${queue(0)}`);
  expect(trying).toMatchObject({ ok: false, detail: expect.stringContaining('(4 spans wait') });
});

test.concurrent('metrics that answer an error are not settled, whatever they say', async (context) => {
  const settled = await settleOn(context, 503, ACCEPTED);
  expect(settled.ok).toBe(false);
  expect(settled.detail).toContain("the Collector's metrics do not answer");
  expect(settled.detail).toContain('status 503');
});

test.concurrent.for([
  ['nothing', '', false, 'how many spans it accepted'],
  ['nothing of its sampler', ACCEPTED, true, 'how many traces the sampler has seen'],
] as const)('metrics that say %s are not settled', async ([_what, metrics, hasSampler, unsaid], context) => {
  const settled = await settleOn(context, 200, metrics, hasSampler);
  expect(settled.ok).toBe(false);
  expect(settled.detail).toContain(unsaid);
});

test.each([
  [
    { ok: true, waitedS: 13.9, detail: 'counters …' },
    10,
    "traces settled after 14 s (of which 10 s are the sampler's wait)",
  ],
  [{ ok: true, waitedS: 1, detail: 'counters …' }, 0, 'traces settled after 14 s'],
  [
    { ok: false, waitedS: 40, detail: 'not stable after 40 s: x' },
    10,
    'traces did NOT settle: not stable after 40 s: x',
  ],
])('%j is told', (settled, decisionWaitS, message) => {
  expect(settledMessage(settled, 14.2, decisionWaitS)).toBe(message);
});
