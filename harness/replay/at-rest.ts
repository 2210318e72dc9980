/** When a replay's Collector has decided on all traces and sent on what it keeps. */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { parsePrometheus } from '../evidence/prometheus.ts';
import { type RestOptions, RestWatch, readPipeline } from '../evidence/rest-watch.ts';

export interface AtRest {
  readonly ok: boolean;
  readonly waitedS: number;
  /** What was stable, or what was still moving at the deadline. */
  readonly detail: string;
}

const POLL_MS = 250;
/** Beyond the decision wait. */
const MARGIN_S = 30;
const SCRAPE_MS = 2000;

/** Polls the Collector's counters until they stand still, or the decision wait and 30 s are over. */
export async function untilAtRest(
  metricsUrl: string,
  options: RestOptions,
  signal: AbortSignal,
): Promise<AtRest> {
  const started = performance.now();
  const watch = new RestWatch(options);
  const deadlineS = options.decisionWaitS + MARGIN_S;
  for (;;) {
    signal.throwIfAborted();
    const waitedS = Math.round(performance.now() - started) / 1000;
    const moving = await look(metricsUrl, watch, signal);
    if (moving === undefined) return { ok: true, waitedS, detail: watch.summary() };
    if (waitedS >= deadlineS)
      return { ok: false, waitedS, detail: `not at rest after ${deadlineS} s: ${moving}` };
    await delay(POLL_MS, undefined, { signal });
  }
}

async function look(url: string, watch: RestWatch, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(SCRAPE_MS)]) });
    if (!response.ok) return `the Collector's metrics answer with status ${response.status}`;
    return watch.moving(readPipeline(parsePrometheus(await response.text())), performance.now() / 1000);
  } catch (error) {
    signal.throwIfAborted();
    return `the Collector's metrics do not answer (${messageOf(error)})`;
  }
}
