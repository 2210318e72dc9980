/** Traces that should be in the archive and were not found by its search, asked for one by one. */
import { existsSync } from 'node:fs';
import type { RunRecord } from '../contracts.ts';
import { JaegerApi } from './jaeger-api.ts';
import { SpanTable } from './otlp/span-table.ts';
import { parquetPath } from './parquet.ts';
import { openEvidence } from './store.ts';
import { literal } from './tables.ts';
import { EvidenceWriter } from './writer.ts';

export interface LookupOptions {
  readonly jaegerUrl: string;
  /** Enough when so many of the traces, taken at random, are confirmed to be missing; default 200. */
  readonly enough?: number;
  /** Traces to ask for at most; default 5000. */
  readonly most?: number;
  readonly signal?: AbortSignal;
}

export interface LookedUp {
  /** Traces that the search did not answer whole. */
  readonly missing: number;
  readonly asked: number;
  /** Trace ids that Jaeger has by id though its search did not answer them: beyond a search limit. */
  readonly beyondSearch: readonly string[];
  /** Why traces that count as lost may be in the archive; empty when each was asked for, or none of those asked is there. */
  readonly searchLimits: readonly string[];
}

interface Missing {
  readonly trace_id: string;
  readonly archived_spans: number;
}

const PARALLEL = 4;
const ENOUGH = 200;
const MOST = 5000;

/**
 * Asks for the traces that are promised or predicted to be kept and that are not whole in archive.parquet, and adds
 * what is found to that file. To be called when ledger, recording and archive are written. A run may have lost tens
 * of thousands: then it is enough to confirm some hundred by chance. As long as others are found, it goes on.
 */
export async function lookUpMissing(
  runFolder: string,
  run: RunRecord,
  options: LookupOptions,
): Promise<LookedUp> {
  const { enough = ENOUGH, most = MOST } = options;
  const missing = await missingTraces(runFolder, run);
  if (missing.length === 0) return { missing: 0, asked: 0, beyondSearch: [], searchLimits: [] };
  const api = new JaegerApi(options.jaegerUrl, options.signal);
  const evidence = await EvidenceWriter.create(runFolder);
  try {
    const table = await SpanTable.create(evidence, 'archive');
    const beyondSearch: string[] = [];
    let asked = 0;
    let confirmed = 0;
    const work = async (): Promise<void> => {
      while (asked < most && confirmed < enough) {
        const next = missing[asked];
        if (next === undefined) return;
        asked += 1;
        const spans = await api.trace(next.trace_id);
        if (spans.length <= next.archived_spans) {
          confirmed += 1;
          continue;
        }
        beyondSearch.push(next.trace_id);
        for (const span of spans) table.add(span);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    if (beyondSearch.length > 0) {
      const known = `read_parquet(${literal(parquetPath(runFolder, 'archive'))})`;
      const others = `SELECT * FROM ${known} WHERE trace_id NOT IN (${beyondSearch.map(literal).join(', ')})`;
      await table.save(true, others);
    }
    const unasked = missing.length - asked;
    const searchLimits =
      unasked > 0 && beyondSearch.length > 0
        ? [
            `its search left out ${beyondSearch.length} of ${asked} traces that were then asked for by id, ` +
              `and ${unasked} more that it did not answer were not asked for`,
          ]
        : [];
    return { missing: missing.length, asked, beyondSearch: beyondSearch.sort(), searchLimits };
  } finally {
    evidence.close();
  }
}

/** In an order of chance, but the same each time: neighbours share their fate, so the first would be no sample. */
async function missingTraces(runFolder: string, run: RunRecord): Promise<Missing[]> {
  const needed = ['ledger', 'recording', 'archive'].map((table) => parquetPath(runFolder, table));
  if (!needed.every((path) => existsSync(path))) return [];
  const evidence = await openEvidence(runFolder, run, []);
  try {
    return await evidence.query<Missing>(
      `SELECT trace_id, archived_spans FROM fate
       WHERE observed <> 'whole' AND recorded_spans > 0 AND (promised_kept OR predicted = 'keep')
       ORDER BY md5(trace_id)`,
    );
  } finally {
    evidence.close();
  }
}
