import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GaugeRow } from '../../harness/contracts.ts';
import { GaugeSampler } from '../../harness/evidence/gauges.ts';
import { parquetPath } from '../../harness/evidence/parquet.ts';
import { readMachine, readParts } from '../../harness/evidence/processes.ts';
import { parsePrometheus, total } from '../../harness/evidence/prometheus.ts';
import { queryRows } from '../../harness/evidence/query.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';

const METRICS = `# HELP otelcol_receiver_accepted_spans Number of spans.
# TYPE otelcol_receiver_accepted_spans counter
otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 2877
otelcol_receiver_accepted_spans{receiver="other",transport="grpc"} 3
otelcol_latency_bucket{le="1"} 1
otelcol_latency_sum 2.5
otelcol_latency_count 8
otelcol_exporter_sent_spans_total{exporter="otlp/a \\"b\\\\",note="x,y}z"} 5e3 1760000000000
no value here
otelcol_nan NaN
otelcol_inf{} +Inf
target_info{service_name="collector"} 1
`;

describe('the text of Prometheus', () => {
  const samples = parsePrometheus(METRICS);
  test('names, labels with escapes, values, without buckets and what is no sample', () => {
    expect(samples).toEqual([
      {
        name: 'otelcol_receiver_accepted_spans',
        labels: { receiver: 'otlp', transport: 'http' },
        value: 2877,
      },
      { name: 'otelcol_receiver_accepted_spans', labels: { receiver: 'other', transport: 'grpc' }, value: 3 },
      { name: 'otelcol_latency_sum', labels: {}, value: 2.5 },
      { name: 'otelcol_latency_count', labels: {}, value: 8 },
      {
        name: 'otelcol_exporter_sent_spans_total',
        labels: { exporter: 'otlp/a "b\\', note: 'x,y}z' },
        value: 5000,
      },
      { name: 'otelcol_inf', labels: {}, value: Number.POSITIVE_INFINITY },
      { name: 'target_info', labels: { service_name: 'collector' }, value: 1 },
    ]);
  });
  test('sums with or without the suffix _total', () => {
    expect(total(samples, 'otelcol_receiver_accepted_spans')).toBe(2880);
    expect(total(samples, 'otelcol_exporter_sent_spans')).toBe(5000);
    expect(total(samples, 'otelcol_exporter_send_failed_spans')).toBeUndefined();
  });
});

describe.skipIf(process.platform !== 'linux')('processes', () => {
  let child: ChildProcess;
  beforeEach(async () => {
    // A leader whose child works and sits in a process group of its own, as a backend of PostgreSQL does.
    const work =
      'const used = () => { const { user, system } = process.cpuUsage(); return user + system; };' +
      'while (used() < 400_000); console.log("done"); setInterval(() => {}, 1000)';
    const lead = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(work)}],
      { detached: true, stdio: 'inherit' })`;
    child = spawn(process.execPath, ['-e', lead], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
  });
  afterEach(() => {
    // The child's child has its own group: found by its parent.
    const { pid = 0 } = child;
    spawn('sh', ['-c', `for p in $(ps -o pid= --ppid ${pid}); do kill -9 $p; done; kill -9 -${pid}`]);
  });

  test('a part is its leader and all of its descendants', () => {
    const { pid = 0 } = child;
    const use = readParts(new Map([['part', pid]])).get('part');
    expect(use?.cpuSeconds).toBeGreaterThanOrEqual(0.3);
    // Two processes of Node; one alone has some 40 MB.
    expect(use?.residentBytes).toBeGreaterThan(60e6);
    const both = readParts(
      new Map([
        ['part', pid],
        ['nobody', 999_999_999],
      ]),
    );
    expect([...both.keys()]).toEqual(['part']);
  });
});

test('the machine: time passes on all cores', async () => {
  const before = readMachine();
  const end = performance.now() + 200;
  while (performance.now() < end) Math.sqrt(end);
  const after = readMachine();
  expect(after.cores).toBeGreaterThan(0);
  expect(after.busySeconds - before.busySeconds).toBeGreaterThanOrEqual(0.1);
  expect(after.idleSeconds).toBeGreaterThanOrEqual(before.idleSeconds);
});

describe('the sampler', () => {
  let folder: string;
  let evidence: EvidenceWriter;
  let server: Server;
  let answer: string | undefined;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chaoscope-gauges-'));
    evidence = await EvidenceWriter.create(folder);
    answer = METRICS;
    server = createServer((_, response) => response.writeHead(answer === undefined ? 500 : 200).end(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    evidence.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('rows of machine, harness, parts and Collector at each sample', async () => {
    const collectorMetricsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    const sampler = await GaugeSampler.start(evidence, {
      parts: [{ name: 'self', pid: process.pid }],
      collectorMetricsUrl,
      intervalMs: 30,
    });
    await expect.poll(() => sampler.samples, { timeout: 5000 }).toBeGreaterThan(3);
    answer = undefined;
    const { samples, notes } = await sampler.stop();
    expect(notes).toEqual([expect.stringContaining(`of ${samples} times`)]);
    const rows = await queryRows<GaugeRow>(
      evidence.connection,
      `FROM read_parquet('${parquetPath(folder, 'gauges')}')`,
    );
    const count = (part: string, metric: string) =>
      rows.filter((row) => row.part === part && row.metric === metric).length;
    expect(count('machine', 'cpu_seconds')).toBe(3 * samples);
    expect(count('machine', 'cores')).toBe(samples);
    expect(count('harness', 'process_cpu_seconds')).toBe(samples);
    expect(count('harness', 'event_loop_delay_p99_seconds')).toBe(samples);
    expect(count('collector', 'otelcol_latency_count')).toBeLessThan(samples);
    expect(count('collector', 'otelcol_latency_count')).toBeGreaterThan(2);
    expect(rows.some(({ metric }) => metric === 'target_info' || metric.endsWith('_bucket'))).toBe(false);
    if (process.platform === 'linux') expect(count('self', 'process_resident_bytes')).toBe(samples);
    expect(
      JSON.parse(rows.find(({ metric }) => metric === 'otelcol_receiver_accepted_spans')?.labels ?? ''),
    ).toHaveProperty('transport');
  });
});
