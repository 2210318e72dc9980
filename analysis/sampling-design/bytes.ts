/** Bytes of a trace by sampling promise, from the sizes of single traces. */
import type { Evidence } from '../../harness/contracts.ts';

/** Of the traces of a promise that were measured. */
export interface ClassBytes {
  readonly promise: string;
  readonly traces: number;
  /** Averages of a trace. */
  readonly spans: number;
  readonly bytes: number;
  readonly compressedBytes: number;
}

/** Traces of a promise that are measured at most, so that memory does not grow with the run. */
const MOST_TRACES = 5000;

/** The promise of each trace to be measured: all of those of the measured phases, or as many as 5000 a promise, taken by chance. */
export async function tracesToMeasure(evidence: Evidence): Promise<ReadonlyMap<string, string>> {
  const rows = await evidence.query<{ trace_id: string; promise: string }>(
    `SELECT trace_id, promise FROM fate
     WHERE phase <> 'warmup' AND promise IS NOT NULL AND recorded_spans > 0
     QUALIFY row_number() OVER (PARTITION BY promise ORDER BY hash(trace_id)) <= ${MOST_TRACES}`,
  );
  return new Map(rows.map(({ trace_id, promise }) => [trace_id, promise]));
}

interface Size {
  readonly spans: number;
  readonly bytes: number;
  readonly compressedBytes: number;
}

/** Averages by promise, in the order of the promises' ids; promises without a measured trace are left out. */
export function bytesByPromise(
  promiseOf: ReadonlyMap<string, string>,
  sizes: Iterable<readonly [traceId: string, size: Size]>,
): readonly ClassBytes[] {
  const sums = new Map<string, Size & { readonly traces: number }>();
  for (const [traceId, size] of sizes) {
    const promise = promiseOf.get(traceId);
    if (promise === undefined) continue;
    const before = sums.get(promise) ?? { traces: 0, spans: 0, bytes: 0, compressedBytes: 0 };
    sums.set(promise, {
      traces: before.traces + 1,
      spans: before.spans + size.spans,
      bytes: before.bytes + size.bytes,
      compressedBytes: before.compressedBytes + size.compressedBytes,
    });
  }
  return [...sums]
    .map(([promise, { traces, spans, bytes, compressedBytes }]) => ({
      promise,
      traces,
      spans: spans / traces,
      bytes: bytes / traces,
      compressedBytes: compressedBytes / traces,
    }))
    .toSorted((a, b) => a.promise.localeCompare(b.promise, 'en'));
}
