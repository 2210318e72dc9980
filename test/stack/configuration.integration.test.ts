import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../harness/errors.ts';
import { native } from '../../harness/stack/native.ts';
import { pollUntil } from '../../harness/stack/poll.ts';
import { PROJECT_ROOT } from '../../harness/stack/project-root.ts';
import { ensureTools, type Tool, type ToolName } from '../../harness/stack/tools.ts';
import { temporaryFolder } from './helpers.ts';
import { tinyOptions, tinySystem } from './tiny-system.ts';

const collectorYaml = join(PROJECT_ROOT, 'config/collector.yaml');
const jaegerYaml = join(PROJECT_ROOT, 'config/jaeger.yaml');
const noDatabase = {
  ...tinySystem,
  edges: tinySystem.edges.filter((edge) => edge.to !== 'database'),
  database: undefined,
};
let tools: Record<ToolName, Tool>;

beforeAll(async () => {
  tools = await ensureTools();
}, 900_000);

test.each([
  ['collector', collectorYaml],
  ['jaeger', jaegerYaml],
] as const)(
  '%s accepts its configuration with no variable set, as when it is deployed alone',
  async (name, file) => {
    await promisify(execFile)(tools[name].path, ['validate', '--config', file], { env: {} });
  },
);

interface SentSpan {
  readonly traceId: string;
  readonly durationMs: number;
  readonly isError?: boolean;
  readonly path?: string;
}

async function send(collectorUrl: string, { traceId, durationMs, isError, path }: SentSpan): Promise<void> {
  const end = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId,
    spanId: randomBytes(8).toString('hex'),
    name: 'GET',
    kind: 2,
    startTimeUnixNano: String(end - BigInt(durationMs) * 1_000_000n),
    endTimeUnixNano: String(end),
    status: { code: isError ? 2 : 0 },
    attributes: path === undefined ? [] : [{ key: 'url.path', value: { stringValue: path } }],
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'front' } }] };
  const answer = await fetch(`${collectorUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(answer.status).toBe(200);
}

/** The policy that kept a trace, `whatever` when none is recorded, undefined when the trace is not in the archive. */
async function keptBy(jaegerUrl: string, traceId: string): Promise<string | undefined> {
  const answer = await fetch(`${jaegerUrl}/api/v3/traces/${traceId}`);
  if (answer.status === 404) return undefined;
  return (
    /"tailsampling\.policy","value":\{"stringValue":"([^"]+)"/.exec(await answer.text())?.[1] ?? 'whatever'
  );
}

/** Writes a recording's frames out: 4 bytes of length, then a zstd frame. */
function readRecording(file: string): Buffer {
  const data = readFileSync(file);
  const frames: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    const length = data.readUInt32BE(at);
    frames.push(zstdDecompressSync(data.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(frames);
}

test('errors and slow traces are kept, health checks are not, and the recorder has all', async () => {
  const progress: string[] = [];
  const onProgress = (line: string) => progress.push(line);
  const stack = await native.start(tinyOptions(await temporaryFolder(), { system: noDatabase, onProgress }));
  onTestFinished(() => void stack.stop());
  expect(stack.databaseUrl).toBeUndefined();
  const environment: unknown = await (await fetch(`${stack.entryUrl}/environment`)).json();
  const { OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl = '' } = environment as Record<string, string>;
  const ids = Array.from({ length: 5 }, () => randomBytes(16).toString('hex'));
  const [failed = '', slow = '', failedHealth = '', slowReady = '', normal = ''] = ids;
  await send(collectorUrl, { traceId: failedHealth, durationMs: 10, isError: true, path: '/health' });
  await send(collectorUrl, { traceId: slowReady, durationMs: 5_000, path: '/ready' });
  await send(collectorUrl, { traceId: normal, durationMs: 1_999 });
  await send(collectorUrl, { traceId: slow, durationMs: 2_000 });
  // Last, hence decided last: when it is there, the others are decided.
  await send(collectorUrl, { traceId: failed, durationMs: 10, isError: true, path: '/healthy' });

  await pollUntil(
    async () => ((await keptBy(stack.jaegerUrl, failed)) === undefined ? 'not decided' : undefined),
    { withinMs: 30_000, intervalMs: 250 },
  );
  expect(await keptBy(stack.jaegerUrl, failed)).toBe('errors');
  expect(await keptBy(stack.jaegerUrl, slow)).toBe('slow');
  expect(await keptBy(stack.jaegerUrl, failedHealth)).toBeUndefined();
  expect(await keptBy(stack.jaegerUrl, slowReady)).toBeUndefined();
  // By chance of its id it may be among the 5 %, but not for being slow.
  expect([undefined, 'the-rest']).toContain(await keptBy(stack.jaegerUrl, normal));
  const recording = readRecording(stack.recordingFile);
  for (const id of ids) expect(recording.includes(Buffer.from(id, 'hex')), id).toBe(true);
  const metrics = await (await fetch(stack.collectorMetricsUrl)).text();
  expect(metrics).toMatch(/^otelcol_receiver_refused_spans\S* 0$/m);
  expect(metrics).toMatch(/^otelcol_processor_tail_sampling_sampling_trace_dropped_too_early\S* 0$/m);
  expect(await stack.stop()).toEqual([]);
  // Jaeger, asked before, used to wait at its end for a receiver of traces of itself.
  expect(progress.filter((line) => line.includes('killed'))).toEqual([]);
});

async function startWith(change: (yaml: string) => string): Promise<never> {
  const folder = await temporaryFolder();
  const file = join(folder, 'changed.yaml');
  const original = readFileSync(collectorYaml, 'utf8');
  const changed = change(original);
  expect(changed).not.toBe(original);
  writeFileSync(file, changed);
  const stack = await native.start(tinyOptions(folder, { system: noDatabase, collectorConfig: file }));
  await stack.stop();
  throw new Error('it started');
}

test('a configuration that the Collector refuses is told in its own words', async () => {
  const failure = startWith((yaml) => yaml.replace('type: status_code', 'type: horoscope'));
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(/^the Collector does not run .*changed\.yaml.*horoscope/s);
});

test('a configuration that Jaeger refuses is told in its own words', async () => {
  const folder = await temporaryFolder();
  const jaegerConfig = join(folder, 'changed.yaml');
  writeFileSync(
    jaegerConfig,
    readFileSync(jaegerYaml, 'utf8').replace('traces: archive', 'traces: elsewhere'),
  );
  const failure = native.start(tinyOptions(folder, { system: noDatabase, jaegerConfig }));
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(/^Jaeger does not run .*changed\.yaml.*cannot find .*elsewhere/s);
});

describe('the check before the start', () => {
  async function changed(yaml: string, from: string, to: string): Promise<string> {
    const file = join(await temporaryFolder(), 'changed.yaml');
    const text = readFileSync(yaml, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
    return file;
  }
  const check = (changes: Partial<Parameters<typeof native.check>[0]>) =>
    native.check({
      system: tinySystem,
      collectorConfig: collectorYaml,
      jaegerConfig: jaegerYaml,
      signal: new AbortController().signal,
      ...changes,
    });

  test('takes what is shipped, and what has no defaults for its addresses', async () => {
    await check({});
    await check({
      collectorConfig: await changed(collectorYaml, ':-127.0.0.1:4318}', '}'),
      jaegerConfig: await changed(jaegerYaml, ':-127.0.0.1:16686}', '}'),
    });
  });

  test('refuses what the Collector does not know, with what it knows and the option', async () => {
    const collectorConfig = await changed(collectorYaml, '  tail_sampling:', '  tail_samplingg:');
    const configurationNames = { collector: '--collector-config my.yaml', jaeger: 'x' };
    const failure = check({ collectorConfig, configurationNames });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(
      /^the Collector .*\(--collector-config my\.yaml\):.*'processors' unknown type: "tail_samplingg".*valid values: \[.*tail_sampling/s,
    );
  });

  test('refuses what Jaeger does not know, and says Jaeger', async () => {
    const jaegerConfig = await changed(jaegerYaml, 'max_traces:', 'max_tracess:');
    const failure = check({ jaegerConfig });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(/^Jaeger .*changed\.yaml.*'memory' has invalid keys: max_tracess/s);
  });

  test('refuses a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(check({ portBase: port - 3 })).rejects.toThrow(new RegExp(`taken on 127.0.0.1: .*${port} `));
  });

  test('ends when it is stopped', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(check({ signal })).rejects.toThrow('stopped');
  });
});

test('a configuration without the flight recorder is refused', async () => {
  const failure = startWith((yaml) =>
    yaml.replace('exporters: [file/recording]', 'exporters: [otlp_grpc/jaeger]'),
  );
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(/no flight recorder/);
});
