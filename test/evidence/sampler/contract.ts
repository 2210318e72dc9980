/** Compares what the oracle predicts with what the real Collector decided, trace by trace. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { queryRows } from '../../../harness/evidence/query.ts';
import { RecordingGatherer } from '../../../harness/evidence/recording.ts';
import { predictionSql } from '../../../harness/evidence/sampler/compile.ts';
import { readSampling, type Sampling } from '../../../harness/evidence/sampler/config.ts';
import { EvidenceWriter } from '../../../harness/evidence/writer.ts';
import type { TestSpan } from './generated/spans.ts';
import { decideAll, type Kept } from './real-sampler.ts';

export interface Compared {
  readonly sampling: Sampling;
  readonly traces: number;
  readonly kept: number;
  readonly keptSpans: number;
  readonly unknown: number;
  /** Kept traces whose policy the oracle names. */
  readonly named: number;
  /** A line a trace on which the two do not agree. */
  readonly disagreements: readonly string[];
  /** What the Collector kept, by trace id. */
  readonly observed: ReadonlyMap<string, Kept>;
}

/** @param cases name -> settings of `tail_sampling` */
export async function compareAll(
  cases: ReadonlyMap<string, object>,
  traces: readonly (readonly TestSpan[])[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Map<string, Compared>> {
  const real = await decideAll(cases, traces, environment);
  const folder = mkdtempSync(join(tmpdir(), 'chaoscope-contract-'));
  const evidence = await EvidenceWriter.create(folder);
  try {
    const gatherer = await RecordingGatherer.create(evidence, real.recordingFile);
    await gatherer.finish();
    const path = join(folder, 'evidence', 'recording.parquet');
    await evidence.connection.run(`CREATE TABLE recording AS FROM read_parquet('${path}')`);
    const compared = new Map<string, Compared>();
    for (const [name, settings] of cases) {
      const sampling = readSampling(configurationOf(settings), environment);
      const rows = await queryRows<Row>(evidence.connection, predictionSql(sampling.policies));
      if (rows.length !== traces.length)
        throw new Error(`${rows.length} of ${traces.length} traces recorded`);
      compared.set(name, compare(sampling, rows, real.kept.get(name) ?? new Map(), traces));
    }
    return compared;
  } finally {
    evidence.close();
    rmSync(folder, { recursive: true, force: true });
    real.remove();
  }
}

function configurationOf(settings: object): string {
  return stringify({
    processors: { tail_sampling: settings },
    service: {
      pipelines: { traces: { receivers: ['otlp'], processors: ['tail_sampling'], exporters: ['otlp'] } },
    },
  });
}

interface Row {
  readonly trace_id: string;
  readonly predicted: 'keep' | 'drop' | 'unknown';
  readonly policy: string | null;
}

function compare(
  sampling: Sampling,
  rows: readonly Row[],
  observed: ReadonlyMap<string, Kept>,
  traces: readonly (readonly TestSpan[])[],
): Compared {
  const sizes = new Map(traces.map((spans) => [spans[0]?.traceId ?? '', spans.length]));
  const disagreements = rows.flatMap(({ trace_id, predicted, policy }) => {
    const kept = observed.get(trace_id);
    const problems: string[] = [];
    if (kept !== undefined && kept.spans !== sizes.get(trace_id)) problems.push(`${kept.spans} spans`);
    if (predicted === 'keep' && kept === undefined) problems.push(`predicted keep by ${policy}, was dropped`);
    if (predicted === 'drop' && kept !== undefined) problems.push(`predicted drop, kept by ${kept.policy}`);
    if (predicted === 'keep' && kept !== undefined && policy !== null && policy !== kept.policy)
      problems.push(`predicted by ${policy}, kept by ${kept.policy}`);
    return problems.map((problem) => `${trace_id}: ${problem}`);
  });
  return {
    sampling,
    traces: rows.length,
    kept: observed.size,
    keptSpans: [...observed.values()].reduce((sum, { spans }) => sum + spans, 0),
    unknown: rows.filter(({ predicted }) => predicted === 'unknown').length,
    named: rows.filter(({ predicted, policy }) => predicted === 'keep' && policy !== null).length,
    disagreements,
    observed,
  };
}
