/** A run from its start to run.json, on parts that are not real: what they do wrong must show, and must lose nothing. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect, type TestContext, test } from 'vitest';
import { conduct, type RunOrder } from '../harness/conduct.ts';
import type { LoadRecord, RunRecord, Scenario, SpanRow, Stack } from '../harness/contracts.ts';
import { Interrupted, NotRestored } from '../harness/errors.ts';
import { changesSince, sha256Of } from '../harness/evidence/checksums.ts';
import { openEvidence } from '../harness/evidence/store.ts';
import { plan, segments } from '../harness/load/plan.ts';
import { createRunFolder, readRunRecord } from '../harness/run-folder.ts';
import { type FakeJaeger, startFakeJaeger } from './evidence/fake-jaeger.ts';
import { encodeTraces } from './evidence/otlp/encode.ts';

const SEED = 1;
const PHASES = { warmupS: 0, baselineS: 0.1, faultS: 0.1, recoveryS: 0.1 };
const RATE = 100;

const SCENARIO: Scenario = {
  title: 'A short one',
  hypothesis: 'Nothing happens.',
  system: {
    name: 'tiny',
    services: { front: { command: ['node'], ready: '/', kind: 'internal', criticality: 'low' } },
    edges: [],
    entry: 'front',
    traffic: [{ id: 'read', weight: 1, request: () => ({ method: 'GET', path: '/' }) }],
    promises: [{ id: 'all', title: 'all', when: { kind: 'any' }, keepPercent: 100 }],
    books: [],
  },
  load: { rate: RATE, timeoutMs: 1000 },
  phases: PHASES,
  faults: [],
  assertions: [],
};

const REQUESTS = segments(RATE, 0, 0.3).flatMap((segment) => [
  ...plan(SEED, SCENARIO.system.traffic, segment),
]);
const FIRST = REQUESTS[0]?.traceId ?? '';

/** Without a sampler: all is kept, and nothing is waited for. */
const COLLECTOR = `
receivers: { otlp: { protocols: { http: {} } } }
exporters: { otlp_grpc/jaeger: {}, file/recording: {} }
service: { pipelines: { traces: { receivers: [otlp], exporters: [EXPORTERS] } } }
`;

interface Setup {
  readonly order: RunOrder;
  readonly folder: string;
  readonly jaeger: FakeJaeger;
  readonly started: () => boolean;
  readonly messages: readonly string[];
}

interface Wrong {
  readonly exporters?: string;
  readonly stopProblems?: readonly string[];
  readonly signal?: AbortSignal;
  /** Records beside those of the planned requests. */
  readonly more?: (records: readonly LoadRecord[]) => readonly LoadRecord[];
}

async function prepare({ onTestFinished }: TestContext, wrong: Wrong = {}): Promise<Setup> {
  const parent = await mkdtemp(join(tmpdir(), 'chaoscope-fixture-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const folder = join(parent, 'run');
  await createRunFolder(folder);
  const spans = REQUESTS.map(({ traceId, spanId }) => spanOf(traceId, spanId));
  const jaeger = await startFakeJaeger(spans, onTestFinished);
  const recordingFile = join(folder, 'recording.otlp.zst');
  await writeFile(recordingFile, frameOf(spans));
  const collectorConfig = join(parent, 'collector.yaml');
  await writeFile(
    collectorConfig,
    COLLECTOR.replace('EXPORTERS', wrong.exporters ?? 'otlp_grpc/jaeger, file/recording'),
  );
  const jaegerConfig = join(parent, 'jaeger.yaml');
  await writeFile(jaegerConfig, 'extensions: {}\n');
  const stack: Stack = {
    parts: [],
    entryUrl: 'http://127.0.0.1:1',
    proxies: new Map(),
    controls: new Map(),
    sdkMetricsUrls: new Map(),
    jaegerUrl: jaeger.url,
    collectorMetricsUrl: await serve(onTestFinished, `otelcol_receiver_accepted_spans ${spans.length}\n`),
    recordingFile,
    databaseUrl: undefined,
    serviceUrl: () => 'http://127.0.0.1:1',
    tools: {},
    environment: {},
    onDeath: () => undefined,
    stop: async () => [...(wrong.stopProblems ?? [])],
  };
  let isStarted = false;
  const messages: string[] = [];
  return {
    folder,
    jaeger,
    messages,
    started: () => isStarted,
    order: {
      scenario: SCENARIO,
      name: 'short',
      id: 'a-run',
      started: new Date(),
      seed: SEED,
      runFolder: folder,
      applyFaults: true,
      collectorConfig,
      jaegerConfig,
      environment: {},
      given: { environment: {} },
      stackDriver: {
        id: 'fake',
        check: async () => undefined,
        start: async () => {
          isStarted = true;
          return stack;
        },
      },
      loadDriver: () => ({
        id: 'fake',
        async run({ requests, onStart, onRecord }) {
          onStart(Date.now() * 1000);
          const records = [...requests].map(recordOf);
          for (const record of [...records, ...(wrong.more?.(records) ?? [])]) onRecord(record);
        },
      }),
      tools: {},
      signal: wrong.signal ?? new AbortController().signal,
      observer: {
        message: (text) => void messages.push(text),
        record: () => undefined,
        phases: () => undefined,
        loadEnded: () => undefined,
      },
    },
  };
}

function spanOf(trace_id: string, parent_id: string): SpanRow {
  const start_us = Date.now() * 1000;
  return {
    trace_id,
    span_id: trace_id.slice(0, 16),
    parent_id,
    service: 'front',
    name: 'GET /',
    kind: 'server',
    start_us,
    end_us: start_us + 2000,
    status: 'unset',
    status_message: null,
    http_route: null,
    http_status: null,
    url_path: null,
    peer_service: null,
    db_system: null,
    attributes: '{}',
    events: '[]',
    resource: '{"service.name":"front"}',
  };
}

function frameOf(spans: readonly SpanRow[]): Buffer {
  const block = zstdCompressSync(
    encodeTraces(
      [['service.name', 'front']],
      spans.map((span) => ({
        traceId: span.trace_id,
        spanId: span.span_id,
        parentId: span.parent_id ?? '',
        name: span.name,
        kind: 2,
        startNs: BigInt(span.start_us) * 1000n,
        endNs: BigInt(span.end_us) * 1000n,
        attributes: [],
        statusCode: 0,
        statusMessage: '',
      })),
    ),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(block.length);
  return Buffer.concat([length, block]);
}

function recordOf({ traceId, route }: { traceId: string; route: string }): LoadRecord {
  const us = Date.now() * 1000;
  return { traceId, route, dueUs: us, sentUs: us, latencyUs: 2000, status: 200, error: null, bytesIn: 1 };
}

async function serve(onTestFinished: TestContext['onTestFinished'], text: string): Promise<string> {
  const server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

/** How many requests are observed whole, and otherwise. */
async function observed(folder: string, run: RunRecord): Promise<Readonly<Record<string, number>>> {
  const evidence = await openEvidence(folder, run, []);
  try {
    const rows = await evidence.query<{ observed: string; count: number }>(
      'SELECT observed, count(*) AS count FROM fate GROUP BY observed',
    );
    return Object.fromEntries(rows.map((row) => [row.observed, row.count]));
  } finally {
    evidence.close();
  }
}

test.concurrent('a run in which all is well has no doubt and no note, and leaves its record', async (context) => {
  const { order, folder } = await prepare(context);
  const run = await conduct(order);
  expect(run).toMatchObject({ status: 'completed', settled: { ok: true }, missing: {}, cleanupProblems: [] });
  expect([run.doubts, run.notes]).toEqual([[], []]);
  expect(await readRunRecord(folder)).toEqual(JSON.parse(JSON.stringify(run)));
  expect(await observed(folder, run)).toEqual({ whole: REQUESTS.length });
});

test.concurrent('a run says how it was made, and what its evidence was', async (context) => {
  const { order, folder } = await prepare(context);
  const environment = { front: { A: '1' } };
  const run = await conduct({
    ...order,
    applyFaults: false,
    given: { environment, collectorConfig: 'mine.yaml' },
  });
  expect(run.how).toMatchObject({
    faultsApplied: false,
    environment,
    configurations: {
      collector: { file: 'mine.yaml', sha256: await sha256Of(order.collectorConfig) },
      jaeger: { file: 'shipped', sha256: await sha256Of(order.jaegerConfig) },
    },
  });
  expect(Object.keys(run.evidence ?? {})).toEqual([
    'archive.parquet',
    'gauges.parquet',
    'ledger.parquet',
    'recording.parquet',
    'timeline.parquet',
  ]);
  expect(await changesSince(folder, run)).toEqual({ doubts: [], notes: [] });
});

test.concurrent("what the archive's search left out is asked for by id, comes in, and is noted", async (context) => {
  const { order, folder, jaeger } = await prepare(context);
  jaeger.hidden = new Set([FIRST]);
  const run = await conduct(order);
  expect(jaeger.asked).toEqual([FIRST]);
  expect(await observed(folder, run)).toEqual({ whole: REQUESTS.length });
  expect(run.doubts).toEqual([]);
  expect(run.notes).toEqual([
    expect.stringContaining('1 traces were answered by the archive by their id only'),
  ]);
});

test.concurrent('an archive that fails at the end costs no evidence: a doubt on it', async (context) => {
  const { order, folder, jaeger } = await prepare(context);
  jaeger.hidden = new Set([FIRST]);
  jaeger.brokenById = true;
  await conduct(order);
  const run = await readRunRecord(folder);
  expect(run.status).toBe('completed');
  expect(run.doubts).toEqual([
    {
      source: 'archive',
      what: expect.stringMatching(/could not be asked for by id: Jaeger .* answered 500/),
    },
  ]);
  expect(await observed(folder, run)).toEqual({ whole: REQUESTS.length - 1, absent: 1 });
});

test.concurrent('a record twice, and one of nobody, are doubts on the ledger', async (context) => {
  const foreign = { ...recordOf({ traceId: 'f'.repeat(32), route: 'read' }) };
  const { order } = await prepare(context, { more: (records) => [...records.slice(0, 2), foreign] });
  const { doubts } = await conduct(order);
  expect(doubts).toEqual([
    { source: 'ledger', what: '1 records of the driver belong to no planned request' },
    { source: 'ledger', what: '2 records of the driver are the second or a later one of their request' },
  ]);
});

test.concurrent('what cannot be stopped at the end is in the record', async (context) => {
  const { order } = await prepare(context, { stopProblems: ['the toxic latency is still in force'] });
  expect((await conduct(order)).cleanupProblems).toEqual(['the toxic latency is still in force']);
});

test.concurrent('an interrupted run that cannot be cleaned up says so, and what is left', async (context) => {
  const controller = new AbortController();
  const { order, folder } = await prepare(context, {
    stopProblems: ['the toxic latency is still in force'],
    signal: controller.signal,
    more: () => {
      controller.abort(new Interrupted('SIGINT'));
      return [];
    },
  });
  const error = await conduct(order).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotRestored);
  expect(error).toMatchObject({
    problems: ['the toxic latency is still in force'],
    cause: expect.any(Interrupted),
    message: 'stopped by SIGINT\nNOT everything could be restored:\n  the toxic latency is still in force',
  });
  expect(existsSync(join(folder, 'run.json'))).toBe(false);
});

test.concurrent('an interrupted run that is cleaned up is interrupted, no more', async (context) => {
  const controller = new AbortController();
  const { order } = await prepare(context, {
    signal: controller.signal,
    more: () => {
      controller.abort(new Interrupted('SIGINT'));
      return [];
    },
  });
  await expect(conduct(order)).rejects.toBeInstanceOf(Interrupted);
});

test.concurrent('a run that is interrupted while its traces settle is interrupted, too', async (context) => {
  const controller = new AbortController();
  const { order } = await prepare(context, { signal: controller.signal });
  const message = (text: string) => {
    if (text.startsWith('waiting until the traces have settled'))
      setTimeout(() => controller.abort(new Interrupted('SIGTERM')), 100);
  };
  const observer = { ...order.observer, message };
  await expect(conduct({ ...order, observer })).rejects.toBeInstanceOf(Interrupted);
});

test.concurrent('a Collector configuration that leads to no archive is refused before anything starts', async (context) => {
  const { order, folder, started } = await prepare(context, { exporters: 'file/recording' });
  await expect(conduct(order)).rejects.toThrow('no pipeline of traces leads to an otlp');
  expect(started()).toBe(false);
  await expect(readFile(join(folder, 'configuration', 'collector.yaml'))).rejects.toThrow('ENOENT');
});
