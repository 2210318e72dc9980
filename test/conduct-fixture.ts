/** A run of a third of a second on parts that are not real, and what they may do wrong. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, vi } from 'vitest';
import type { RunOrder } from '../harness/conduct.ts';
import type { LoadRecord, PlannedRequest, Scenario, SpanRow, Stack } from '../harness/contracts.ts';
import { encodeSpans } from '../harness/evidence/otlp/encode.ts';
import { plan, segments } from '../harness/load/plan.ts';
import { createRunFolder } from '../harness/run-folder.ts';
import { type FakeJaeger, startFakeJaeger } from './evidence/fake-jaeger.ts';
import { TraceBuilder } from './evidence/fixture/spans.ts';
import { serve } from './evidence/serve.ts';
import { writeFrames } from './replay/frames.ts';

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

export const REQUESTS = segments(RATE, 0, 0.3).flatMap((segment) => [
  ...plan(SEED, SCENARIO.system.traffic, segment),
]);

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
}

export interface Wrong {
  readonly exporters?: string;
  readonly stopProblems?: readonly string[];
  readonly signal?: AbortSignal;
  /** Records beside those of the planned requests. */
  readonly more?: (records: readonly LoadRecord[]) => readonly LoadRecord[];
}

export async function prepare({ onTestFinished }: TestContext, wrong: Wrong = {}): Promise<Setup> {
  const parent = await mkdtemp(join(tmpdir(), 'chaoscope-fixture-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const folder = join(parent, 'run');
  await createRunFolder(folder);
  const spans = REQUESTS.flatMap(spansOf);
  const jaeger = await startFakeJaeger(spans, onTestFinished);
  const recordingFile = join(folder, 'recording.otlp.zst');
  writeFrames(recordingFile, [encodeSpans(spans)]);
  const collectorConfig = join(parent, 'collector.yaml');
  await writeFile(
    collectorConfig,
    COLLECTOR.replace('EXPORTERS', wrong.exporters ?? 'otlp_grpc/jaeger, file/recording'),
  );
  const jaegerConfig = join(parent, 'jaeger.yaml');
  await writeFile(jaegerConfig, 'extensions: {}\n');
  const metrics = `otelcol_receiver_accepted_spans ${spans.length}\n`;
  const stack: Stack = {
    parts: [],
    entryUrl: 'http://127.0.0.1:1',
    proxies: new Map(),
    controls: new Map(),
    sdkMetricsUrls: new Map(),
    jaegerUrl: jaeger.url,
    collectorMetricsUrl: await serve((_, response) => response.end(metrics), onTestFinished),
    recordingFile,
    databaseUrl: undefined,
    serviceUrl: () => 'http://127.0.0.1:1',
    tools: {},
    environment: {},
    onDeath: () => undefined,
    stop: async () => [...(wrong.stopProblems ?? [])],
  };
  return {
    folder,
    jaeger,
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
        start: vi.fn(async () => stack),
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
        message: () => undefined,
        record: () => undefined,
        phases: () => undefined,
        loadEnded: () => undefined,
      },
    },
  };
}

function spansOf({ traceId, spanId }: PlannedRequest): readonly SpanRow[] {
  const trace = new TraceBuilder(traceId, Date.now() * 1000);
  trace.add({ service: 'front', name: 'GET /', kind: 'server', parent: spanId, fromMs: 0, toMs: 2 });
  return trace.spans;
}

/** The driver's record of a good answer. */
export function recordOf({ traceId, route }: Pick<PlannedRequest, 'traceId' | 'route'>): LoadRecord {
  const us = Date.now() * 1000;
  return { traceId, route, dueUs: us, sentUs: us, latencyUs: 2000, status: 200, error: null, bytesIn: 1 };
}
