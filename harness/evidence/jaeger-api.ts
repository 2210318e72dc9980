/** Jaeger's query API, version 3, over HTTP. */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { documentsOf } from './json-documents.ts';
import { spansOf, type TracesJson } from './otlp/json.ts';
import type { DecodedSpan } from './otlp/span.ts';

/** An answer of thousands of traces takes Jaeger some seconds. */
const TIMEOUT_MS = 60_000;

/** Jaeger refused a search because it asks for more traces than the storage can hold. */
export class SearchTooDeep extends Error {}

export interface Search {
  readonly service: string;
  /** Traces with a span of the service that starts in [fromUs, untilUs], both included. */
  readonly fromUs: number;
  readonly untilUs: number;
  /** Traces that are answered at most; which ones, if there are more, is up to Jaeger. */
  readonly limit: number;
}

export class JaegerApi {
  readonly #url: string;
  readonly #signal: AbortSignal | undefined;

  /** @param url base URL of the query service, e.g. http://127.0.0.1:16686 */
  constructor(url: string, signal?: AbortSignal) {
    this.#url = url.replace(/\/$/, '');
    this.#signal = signal;
  }

  /**
   * The spans of the traces that match; none if no trace does.
   * @throws SearchTooDeep, or Error naming the address when Jaeger does not answer as it should
   */
  async search({ service, fromUs, untilUs, limit }: Search): Promise<DecodedSpan[]> {
    const parameters = new URLSearchParams({
      'query.service_name': service,
      'query.start_time_min': timestamp(fromUs),
      'query.start_time_max': timestamp(untilUs),
      'query.num_traces': String(limit),
      // As stored: without it Jaeger moves child spans to correct clocks, and notes remarks on them.
      'query.raw_traces': 'true',
    });
    return this.#spans(`/api/v3/traces?${parameters}`);
  }

  /** The spans of one trace; none if Jaeger does not have it. */
  async trace(traceId: string): Promise<DecodedSpan[]> {
    return this.#spans(`/api/v3/traces/${traceId}?raw_traces=true`);
  }

  async #spans(path: string): Promise<DecodedSpan[]> {
    const text = await this.#get(path);
    const spans: DecodedSpan[] = [];
    for (const document of documentsOf(text)) {
      const traces = ((document as { result?: TracesJson }).result ?? document) as TracesJson;
      for (const span of spansOf(traces)) spans.push(span);
    }
    return spans;
  }

  /** Body of the answer; '' when nothing was found. */
  async #get(path: string): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const signal = this.#signal === undefined ? timeout : AbortSignal.any([this.#signal, timeout]);
      let status: number;
      let text: string;
      try {
        const response = await fetch(this.#url + path, { signal });
        status = response.status;
        text = await response.text();
      } catch (error) {
        this.#signal?.throwIfAborted();
        // A connection that was kept open may just have been closed by the other side.
        if (attempt < 3) {
          await delay(100 * attempt, undefined, { signal: this.#signal });
          continue;
        }
        throw new Error(`Jaeger at ${this.#url} did not answer: ${causeOf(error)}`);
      }
      if (status === 200) return text;
      if (status === 404) return '';
      if (/search depth/i.test(text)) throw new SearchTooDeep(text);
      throw new Error(`Jaeger at ${this.#url} answered ${status} to ${path}: ${text.slice(0, 200)}`);
    }
  }
}

/** RFC 3339 with microseconds. */
function timestamp(us: number): string {
  const seconds = new Date(Math.floor(us / 1000)).toISOString().slice(0, 23);
  return `${seconds}${String(Math.floor(us) % 1000).padStart(3, '0')}Z`;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? `${messageOf(error)} (${cause.message})` : messageOf(error);
}
