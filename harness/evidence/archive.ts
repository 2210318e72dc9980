/** The archive: what the tracing backend kept, read through its search. */
import { JaegerApi, SearchTooDeep } from './jaeger-api.ts';
import type { DecodedSpan } from './otlp/span.ts';
import { SpanTable } from './otlp/span-table.ts';
import type { EvidenceWriter } from './writer.ts';

export interface ArchiveOptions {
  readonly jaegerUrl: string;
  /** The entry service: each trace of a request has a span of it. */
  readonly service: string;
  /** From the start of the run to its end plus a margin. */
  readonly fromUs: number;
  readonly untilUs: number;
  /** Traces that one search may answer; default 1000 (about 14 MB). */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface ArchiveGathered {
  /** Spans read; a trace whose spans start in several windows is read, and counted, several times. */
  readonly spans: number;
  readonly searches: number;
  /** What may be missing, and why. */
  readonly searchLimits: readonly string[];
}

const SECOND_US = 1_000_000;
/** Not split any further: so many traces do not start within this. */
const SMALLEST_US = 1000;
/** Searches at a time: one answer is decoded while Jaeger makes the next. */
const PARALLEL = 2;

interface Window {
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * Reads the archive, a second at a time because the API has no pages, and writes archive.parquet. A window that is full is
 * read again in halves.
 * @throws Error when Jaeger does not answer
 */
export async function gatherArchive(
  evidence: EvidenceWriter,
  options: ArchiveOptions,
): Promise<ArchiveGathered> {
  const api = new JaegerApi(options.jaegerUrl, options.signal);
  const table = await SpanTable.create(evidence, 'archive');
  const halves: Window[] = [];
  let nextUs = options.fromUs;
  let limit = options.limit ?? 1000;
  let searches = 0;
  /** Windows that are full and not split. */
  let full = 0;

  const nextWindow = (): Window | undefined => {
    const half = halves.pop();
    if (half !== undefined || nextUs >= options.untilUs) return half;
    const window = { fromUs: nextUs, untilUs: Math.min(nextUs + SECOND_US, options.untilUs) - 1 };
    nextUs += SECOND_US;
    return window;
  };

  const read = async ({ fromUs, untilUs }: Window): Promise<void> => {
    const asked = limit;
    searches += 1;
    let spans: DecodedSpan[];
    try {
      spans = await api.search({ service: options.service, fromUs, untilUs, limit: asked });
    } catch (error) {
      if (!(error instanceof SearchTooDeep) || asked === 1) throw error;
      // A ring of fewer traces than the limit: it does not answer a search for more than it holds.
      limit = Math.min(limit, Math.floor(asked / 2));
      halves.push({ fromUs, untilUs });
      return;
    }
    if (tracesIn(spans) >= asked) {
      if (untilUs - fromUs >= SMALLEST_US) {
        const middle = Math.floor((fromUs + untilUs) / 2);
        halves.push({ fromUs, untilUs: middle }, { fromUs: middle + 1, untilUs });
        return;
      }
      full += 1;
    }
    for (const span of spans) table.add(span);
  };

  const work = async (): Promise<void> => {
    for (let window = nextWindow(); window !== undefined; window = nextWindow()) {
      options.signal?.throwIfAborted();
      await read(window);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  // A worker may have ended while the other one still split its window.
  await work();
  const spans = table.total;
  await table.save(true);
  const searchLimits =
    full === 0
      ? []
      : [`${full} searches of a millisecond each were full (${limit} traces): they may have left some out`];
  return { spans, searches, searchLimits };
}

function tracesIn(spans: readonly DecodedSpan[]): number {
  return new Set(spans.map(({ traceId }) => traceId.join())).size;
}
