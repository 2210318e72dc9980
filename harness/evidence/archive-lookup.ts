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
  /** Traces to ask for at most; default 200. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface LookedUp {
  readonly asked: number;
  /** Trace ids that Jaeger has by id though its search did not answer them: beyond a search limit. */
  readonly beyondSearch: readonly string[];
}

const PARALLEL = 4;

/**
 * Asks for each trace that is promised or predicted to be kept and that is not whole in archive.parquet, and adds
 * what is found to that file. To be called when ledger, recording and archive are written.
 */
export async function lookUpMissing(
  runFolder: string,
  run: RunRecord,
  options: LookupOptions,
): Promise<LookedUp> {
  const missing = await missingTraces(runFolder, run, options.limit ?? 200);
  if (missing.length === 0) return { asked: 0, beyondSearch: [] };
  const api = new JaegerApi(options.jaegerUrl, options.signal);
  const evidence = await EvidenceWriter.create(runFolder);
  try {
    const table = await SpanTable.create(evidence, 'archive');
    const beyondSearch: string[] = [];
    const queue = [...missing];
    const work = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const spans = await api.trace(next.trace_id);
        if (spans.length <= next.archived_spans) continue;
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
    return { asked: missing.length, beyondSearch: beyondSearch.sort() };
  } finally {
    evidence.close();
  }
}

async function missingTraces(
  runFolder: string,
  run: RunRecord,
  limit: number,
): Promise<{ trace_id: string; archived_spans: number }[]> {
  const needed = ['ledger', 'recording', 'archive'].map((table) => parquetPath(runFolder, table));
  if (!needed.every((path) => existsSync(path))) return [];
  const evidence = await openEvidence(runFolder, run, []);
  try {
    return await evidence.query(
      `SELECT trace_id, archived_spans FROM fate
       WHERE observed <> 'whole' AND recorded_spans > 0 AND (promised_kept OR predicted = 'keep')
       ORDER BY seq LIMIT $limit`,
      { limit },
    );
  } finally {
    evidence.close();
  }
}
