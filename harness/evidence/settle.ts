/** When the pipeline has come to rest, so that what is not in the archive then never will be. */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { JaegerApi, SearchTooDeep } from './jaeger-api.ts';
import { parsePrometheus, total } from './prometheus.ts';
import { type PipelineState, RestWatch, readPipeline } from './rest-watch.ts';
import { scrapeUnseen } from './scrape.ts';

export interface SettleOptions {
  readonly collectorMetricsUrl: string;
  /** The same of the services' SDKs, in whose queues spans may wait that nobody else knows of. */
  readonly sdkMetricsUrls?: ReadonlyMap<string, string>;
  readonly jaegerUrl: string;
  /** The entry service. */
  readonly service: string;
  /** Seconds from a trace's first span to the sampler's decision, see readSampling. */
  readonly decisionWaitS: number;
  /** Whether there is a sampler, whose counters then must be there. */
  readonly hasSampler: boolean;
  /** End of the load; the archive counts as stable when its answer for the last two seconds before does not change. */
  readonly endUs: number;
  /** The deadline is so much later than the decision wait; default 30. */
  readonly marginS?: number;
  readonly signal?: AbortSignal;
  /** Told what is still moving, at most once a second. */
  onProgress?(detail: string): void;
}

export interface Settled {
  readonly ok: boolean;
  readonly waitedS: number;
  /** What was stable, or what was still moving at the deadline. */
  readonly detail: string;
}

const POLL_MS = 500;
const MARGIN_S = 30;
const WINDOW_US = 2_000_000;
const SEARCH_LIMIT = 1000;

/** Polls the Collector's metrics and the archive until both are stable; the deadline is decision wait + 30 s. */
export async function settle(options: SettleOptions): Promise<Settled> {
  const started = performance.now();
  const waitedS = () => Math.round(performance.now() - started) / 1000;
  const deadlineS = options.decisionWaitS + (options.marginS ?? MARGIN_S);
  const watch = new RestWatch(options);
  let archive: string | undefined;
  let told = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    let moving: string | undefined;
    try {
      moving =
        watch.moving(await scrape(options), performance.now() / 1000) ?? (await waitingInServices(options));
      if (moving === undefined) {
        const answer = await lastWindow(options);
        if (answer === archive) {
          const detail = `${watch.summary()}; the archive answers ${answer} for the last ${WINDOW_US / 1e6} s, twice`;
          return { ok: true, waitedS: waitedS(), detail };
        }
        archive = answer;
        moving = `the archive (${answer} for the last ${WINDOW_US / 1e6} s)`;
      } else archive = undefined;
    } catch (error) {
      options.signal?.throwIfAborted();
      archive = undefined;
      moving = messageOf(error);
    }
    if (waitedS() >= deadlineS) {
      return { ok: false, waitedS: waitedS(), detail: `not stable after ${deadlineS} s: ${moving}` };
    }
    if (waitedS() - told >= 1) {
      told = waitedS();
      options.onProgress?.(moving);
    }
    await delay(POLL_MS, undefined, { signal: options.signal });
  }
}

async function scrape({ collectorMetricsUrl, signal }: SettleOptions): Promise<PipelineState> {
  const timeout = AbortSignal.timeout(2000);
  let text: string;
  try {
    const response = await fetch(collectorMetricsUrl, {
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    text = await response.text();
  } catch (error) {
    throw new Error(`the Collector's metrics do not answer at ${collectorMetricsUrl} (${messageOf(error)})`);
  }
  return readPipeline(parsePrometheus(text));
}

/**
 * What the SDKs have not done with: it waits in a queue, or in a batch that is tried again. Of a service that does not answer
 * nothing is known.
 */
async function waitingInServices({
  sdkMetricsUrls = new Map<string, string>(),
}: SettleOptions): Promise<string | undefined> {
  for (const [service, url] of sdkMetricsUrls) {
    const samples = (await scrapeUnseen(url)) ?? [];
    const of = (name: string) => total(samples, name) ?? 0;
    const waiting = Math.max(
      of('otel_sdk_processor_span_queue_size'),
      of('otel_sdk_span_ended') - of('otel_sdk_processor_span_processed'),
    );
    if (waiting > 0) return `${service} (${waiting} spans wait to be exported)`;
  }
  return undefined;
}

async function lastWindow({ jaegerUrl, service, endUs, signal }: SettleOptions): Promise<string> {
  const api = new JaegerApi(jaegerUrl, signal);
  for (let limit = SEARCH_LIMIT; ; limit = Math.floor(limit / 2)) {
    try {
      const spans = await api.search({ service, fromUs: endUs - WINDOW_US, untilUs: endUs, limit });
      return `${spans.length} spans`;
    } catch (error) {
      if (!(error instanceof SearchTooDeep) || limit <= 1) throw error;
    }
  }
}
