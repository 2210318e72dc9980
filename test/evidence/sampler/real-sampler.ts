/** The real Collector with many tail samplers at a time: the same spans, decided by each. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { FEATURE_GATES } from '../../../harness/stack/collector.ts';
import { ensureTools } from '../../../harness/stack/tools.ts';
import { freePorts } from '../../free-ports.ts';
import { requestOf, type TestSpan } from './generated/spans.ts';

/** Longer than the machine may pause between two requests that share a trace. */
const WAIT_S = 5;
const SPANS_A_REQUEST = 250;

export interface Observed {
  /** Trace id -> what the Collector wrote on it, and its spans, by name of the case. */
  readonly kept: ReadonlyMap<string, ReadonlyMap<string, Kept>>;
  /** The flight recorder's file. */
  readonly recordingFile: string;
  remove(): void;
}

export interface Kept {
  readonly policy: string;
  readonly spans: number;
}

/**
 * Sends the spans, in this order, to a Collector with a sampler a case, and waits until each has decided on all traces.
 * @param cases name -> settings of `tail_sampling`, but for decision_wait
 */
export async function decideAll(
  cases: ReadonlyMap<string, object>,
  traces: readonly (readonly TestSpan[])[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Observed> {
  const { collector } = await ensureTools({ names: ['collector'] });
  const folder = mkdtempSync(join(tmpdir(), 'chaoscope-sampler-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const [otlp = 0, metrics = 0] = await freePorts(2);
  const file = (id: number) => join(folder, `${id}.json`);
  writeFileSync(join(folder, 'collector.yaml'), configuration([...cases.values()], folder, otlp, metrics));
  const log = join(folder, 'collector.log');
  const output = openSync(log, 'w');
  const child = spawn(collector.path, ['--config', join(folder, 'collector.yaml'), FEATURE_GATES], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', output, output],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    const metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
    const tracesUrl = `http://127.0.0.1:${otlp}/v1/traces`;
    const post = (body: string) =>
      fetch(tracesUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    await until(child, log, async () => (await fetch(metricsUrl)).ok && (await post('{}')).ok);
    const spans = traces.flat();
    for (let from = 0; from < spans.length; from += SPANS_A_REQUEST) {
      const response = await post(requestOf(spans.slice(from, from + SPANS_A_REQUEST)));
      if (!response.ok)
        throw new Error(`the Collector answered ${response.status}: ${await response.text()}`);
    }
    const all = cases.size * traces.length;
    await until(child, log, async () => decisions(await (await fetch(metricsUrl)).text()) >= all);
    // It writes the rest of its files as it ends.
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    const kept = new Map<string, Map<string, Kept>>();
    for (const [index, name] of [...cases.keys()].entries()) kept.set(name, await read(file(index)));
    return { kept, recordingFile: join(folder, 'recording.otlp.zst'), remove };
  } catch (error) {
    remove();
    throw error;
  } finally {
    process.off('exit', kill);
    kill();
  }
}

function configuration(cases: readonly object[], folder: string, otlp: number, metrics: number): string {
  const entries = <Entry>(entry: (id: number) => readonly [key: string, value: Entry]) =>
    Object.fromEntries(cases.map((_, id) => entry(id)));
  const recording = { path: join(folder, 'recording.otlp.zst'), format: 'proto', compression: 'zstd' };
  return stringify({
    receivers: {
      otlp: {
        protocols: { http: { endpoint: `127.0.0.1:${otlp}` } },
      },
    },
    processors: entries((id) => [
      `tail_sampling/${id}`,
      { decision_wait: `${WAIT_S}s`, num_traces: 100_000, ...cases[id] },
    ]),
    exporters: {
      'file/recording': recording,
      ...entries((id) => [`file/${id}`, { path: join(folder, `${id}.json`) }]),
    },
    service: {
      pipelines: {
        'traces/recording': { receivers: ['otlp'], exporters: ['file/recording'] },
        ...entries((id) => [
          `traces/${id}`,
          { receivers: ['otlp'], processors: [`tail_sampling/${id}`], exporters: [`file/${id}`] },
        ]),
      },
      telemetry: {
        metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: metrics } } } }] },
      },
    },
  });
}

function decisions(metrics: string): number {
  return [...metrics.matchAll(/^otelcol_processor_tail_sampling_global_count_traces_sampled\S* (\S+)$/gm)]
    .map(([, count]) => Number(count))
    .reduce((sum, count) => sum + count, 0);
}

interface Line {
  readonly resourceSpans?: readonly {
    readonly scopeSpans?: readonly {
      readonly scope?: { readonly attributes?: readonly { key: string; value: { stringValue?: string } }[] };
      readonly spans?: readonly { readonly traceId: string }[];
    }[];
  }[];
}

async function read(path: string): Promise<Map<string, Kept>> {
  const kept = new Map<string, Kept>();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const scopes = ((JSON.parse(line) as Line).resourceSpans ?? []).flatMap(
      ({ scopeSpans }) => scopeSpans ?? [],
    );
    for (const { scope, spans = [] } of scopes) {
      const written = scope?.attributes?.find(({ key }) => key === 'tailsampling.policy');
      for (const { traceId } of spans) {
        const before = kept.get(traceId)?.spans ?? 0;
        kept.set(traceId, { policy: written?.value.stringValue ?? '', spans: before + 1 });
      }
    }
  }
  return kept;
}

async function until(child: ChildProcess, log: string, done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await done().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the Collector did not get so far:\n${readFileSync(log, 'utf8').slice(-3000)}`);
    await delay(100);
  }
}
