/** Metrics of a part in Prometheus' text format, without leaving a trace of having looked. */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../errors.ts';
import { parsePrometheus, type Sample } from './prometheus.ts';

export interface ScrapeOptions {
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/** Less than the second between two looks. */
const TIMEOUT_MS = 900;

/**
 * The samples of one scrape.
 * @throws Error that says why there are none
 */
export async function scrape(url: string, { withinMs, signal }: ScrapeOptions): Promise<readonly Sample[]> {
  // Not sampled: to be looked at is no work that a service should trace.
  const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
  const timeout = AbortSignal.timeout(withinMs);
  try {
    const response = await fetch(url, {
      headers: { traceparent },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return parsePrometheus(await response.text());
  } catch (error) {
    throw new Error(`do not answer at ${url} (${messageOf(error)})`);
  }
}

/** The same for who looks once a second; undefined when there is no answer in time. */
export async function scrapeInTime(url: string): Promise<readonly Sample[] | undefined> {
  return scrape(url, { withinMs: TIMEOUT_MS }).catch(() => undefined);
}
