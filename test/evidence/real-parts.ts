/** A real Collector and a real Jaeger on free ports, for tests; the spans come from the fixture. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SpanRow } from '../../harness/contracts.ts';
import { ensureTools } from '../../harness/stack/tools.ts';
import { freePorts } from '../free-ports.ts';
import { otlpJson } from './fixture/otlp.ts';

/** The project's own configurations, which the tests change by text. */
export const PROJECT_COLLECTOR = readFileSync(
  new URL('../../config/collector.yaml', import.meta.url),
  'utf8',
);
export const PROJECT_JAEGER = readFileSync(new URL('../../config/jaeger.yaml', import.meta.url), 'utf8');

export interface RealParts {
  readonly collectorMetricsUrl: string;
  readonly jaegerUrl: string;
  readonly recordingFile: string;
  readonly collectorPid: number;
  /** Sends spans to the Collector, some hundred a request. */
  send(spans: readonly SpanRow[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts both and waits until they answer. Stopped parts leave nothing behind; so does the end of the test process. */
export async function startParts(configurations: {
  readonly collector: string;
  readonly jaeger?: string;
}): Promise<RealParts> {
  const { collector, jaeger } = await ensureTools({ names: ['collector', 'jaeger'] });
  const folder = mkdtempSync(join(tmpdir(), 'chaoscope-parts-'));
  const [otlp, jaegerOtlp, health, metrics, query, queryGrpc] = await freePorts(6);
  const environment = {
    ...process.env,
    CHAOSCOPE_OTLP_HTTP: `127.0.0.1:${otlp}`,
    CHAOSCOPE_RECORDING: join(folder, 'recording.otlp.zst'),
    CHAOSCOPE_JAEGER_OTLP_GRPC: `127.0.0.1:${jaegerOtlp}`,
    CHAOSCOPE_COLLECTOR_HEALTH: `127.0.0.1:${health}`,
    CHAOSCOPE_COLLECTOR_METRICS_PORT: String(metrics),
    CHAOSCOPE_JAEGER_QUERY_HTTP: `127.0.0.1:${query}`,
    CHAOSCOPE_JAEGER_QUERY_GRPC: `127.0.0.1:${queryGrpc}`,
  };
  const children: ChildProcess[] = [];
  const killAll = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', killAll);
  const start = (name: string, program: string, configuration: string): ChildProcess => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, configuration);
    const log = openSync(join(folder, `${name}.log`), 'w');
    const child = spawn(program, ['--config', file], {
      env: environment,
      cwd: folder,
      stdio: ['ignore', log, log],
    });
    children.push(child);
    return child;
  };
  const stop = async () => {
    process.off('exit', killAll);
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await gone;
      }),
    );
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    start('jaeger', jaeger.path, configurations.jaeger ?? PROJECT_JAEGER);
    const collectorProcess = start('collector', collector.path, configurations.collector);
    const log = (name: string) => readFileSync(join(folder, `${name}.log`), 'utf8').slice(-2000);
    await answers(`http://127.0.0.1:${query}/api/v3/services`, () => log('jaeger'));
    await answers(`http://127.0.0.1:${metrics}/metrics`, () => log('collector'));
    await answers(`http://127.0.0.1:${health}/`, () => log('collector'));
    return {
      collectorMetricsUrl: `http://127.0.0.1:${metrics}/metrics`,
      jaegerUrl: `http://127.0.0.1:${query}`,
      recordingFile: environment.CHAOSCOPE_RECORDING,
      collectorPid: collectorProcess.pid ?? 0,
      send: (spans) => send(`http://127.0.0.1:${otlp}/v1/traces`, spans),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function send(url: string, spans: readonly SpanRow[]): Promise<void> {
  for (let from = 0; from < spans.length; from += 300) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: otlpJson(spans.slice(from, from + 300)),
    });
    if (!response.ok) throw new Error(`the Collector answered ${response.status}: ${await response.text()}`);
  }
}

async function answers(url: string, log: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error(`${url} does not answer:\n${log()}`);
    await delay(50);
  }
}
