/** When the pipeline has come to rest, so that what is not in the archive then never will be. */
import { messageOf } from '../errors.ts';
import { JaegerApi, SearchTooDeep } from './jaeger-api.ts';
import { total } from './prometheus.ts';
import { type RestOptions, RestWatch, readPipeline } from './rest-watch.ts';
import { scrape, scrapeInTime } from './scrape.ts';
import { type Settled, untilStill } from './until-still.ts';

export interface CollectorSettleOptions extends RestOptions {
  readonly collectorMetricsUrl: string;
  /** The deadline is so much later than the decision wait; default 30. */
  readonly marginS?: number;
  readonly signal?: AbortSignal;
}

export interface SettleOptions extends CollectorSettleOptions {
  /** The same of the services' SDKs, in whose queues spans may wait that nobody else knows of. */
  readonly sdkMetricsUrls?: ReadonlyMap<string, string>;
  readonly jaegerUrl: string;
  /** The entry service. */
  readonly service: string;
  /** End of the load; the archive counts as stable when its answer for the last two seconds before does not change. */
  readonly endUs: number;
}

const MARGIN_S = 30;
const SCRAPE_MS = 2000;
const WINDOW_US = 2_000_000;
const SEARCH_LIMIT = 1000;

/** Polls the Collector's metrics and the archive until both are stable; the deadline is decision wait + 30 s. */
export function settle(options: SettleOptions): Promise<Settled> {
  const watch = new RestWatch(options);
  let archive: string | undefined;
  return untilStill(async () => {
    const before = archive;
    archive = undefined;
    const moving = (await movingIn(watch, options)) ?? (await waitingInServices(options));
    if (moving !== undefined) return { moving };
    archive = await lastWindow(options);
    const answer = `${archive} for the last ${WINDOW_US / 1e6} s`;
    return archive === before
      ? { still: `${watch.summary()}; the archive answers ${answer}, twice` }
      : { moving: `the archive (${answer})` };
  }, limitsOf(options));
}

/** The same of a Collector alone, as in a replay: whatever it has sent is there. */
export function settleCollector(options: CollectorSettleOptions): Promise<Settled> {
  const watch = new RestWatch(options);
  return untilStill(async () => {
    const moving = await movingIn(watch, options);
    return moving === undefined ? { still: watch.summary() } : { moving };
  }, limitsOf(options));
}

function limitsOf({ decisionWaitS, marginS = MARGIN_S, signal }: CollectorSettleOptions): {
  readonly deadlineS: number;
  readonly signal?: AbortSignal;
} {
  return { deadlineS: decisionWaitS + marginS, ...(signal === undefined ? {} : { signal }) };
}

async function movingIn(
  watch: RestWatch,
  { collectorMetricsUrl, signal }: CollectorSettleOptions,
): Promise<string | undefined> {
  const options = { withinMs: SCRAPE_MS, ...(signal === undefined ? {} : { signal }) };
  const samples = await scrape(collectorMetricsUrl, options).catch((error: unknown) => {
    throw new Error(`the Collector's metrics ${messageOf(error)}`);
  });
  return watch.moving(readPipeline(samples), performance.now() / 1000);
}

/**
 * What the SDKs have not done with: it waits in a queue, or in a batch that is tried again. Of a service that does not answer
 * nothing is known.
 */
async function waitingInServices({
  sdkMetricsUrls = new Map<string, string>(),
}: SettleOptions): Promise<string | undefined> {
  for (const [service, url] of sdkMetricsUrls) {
    const samples = (await scrapeInTime(url)) ?? [];
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
