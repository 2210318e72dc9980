/** What a replay kept against what the run's own archive has. */
import { tmpdir } from 'node:os';
import { openDatabase } from '../evidence/database.ts';
import { parquetPath } from '../evidence/parquet.ts';
import { queryRows } from '../evidence/query.ts';
import { literal } from '../evidence/tables.ts';

export interface AgainstRun {
  /** Traces of requests that both have, with the same spans. */
  readonly same: number;
  /** That both have, with other spans. */
  readonly different: number;
  readonly onlyRun: number;
  readonly onlyReplay: number;
  /** Up to 10 trace ids of those that are not the same. */
  readonly examples: readonly string[];
}

/** Traces of requests only: a run's archive is read by its entry service, so of others it tells nothing. */
export async function againstRun(runFolder: string, replayFolder: string): Promise<AgainstRun> {
  const database = await openDatabase(':memory:', tmpdir());
  const file = (folder: string, table: string) => `read_parquet(${literal(parquetPath(folder, table))})`;
  try {
    const [row] = await queryRows<Omit<AgainstRun, 'examples'> & { examples: string[] | null }>(
      database.connection,
      `WITH requests AS (SELECT DISTINCT trace_id FROM ${file(runFolder, 'ledger')}),
       run AS (SELECT trace_id, list_sort(list(DISTINCT span_id)) AS spans
               FROM ${file(runFolder, 'archive')} SEMI JOIN requests USING (trace_id) GROUP BY trace_id),
       again AS (SELECT trace_id, list_sort(list(DISTINCT span_id)) AS spans
                 FROM ${file(replayFolder, 'archive')} SEMI JOIN requests USING (trace_id) GROUP BY trace_id),
       joined AS (SELECT trace_id, run.spans AS run, again.spans AS again FROM run FULL JOIN again USING (trace_id))
       SELECT count(*) FILTER (WHERE run = again) AS same,
         count(*) FILTER (WHERE run <> again) AS different,
         count(*) FILTER (WHERE again IS NULL) AS "onlyRun",
         count(*) FILTER (WHERE run IS NULL) AS "onlyReplay",
         list_sort(list(trace_id) FILTER (WHERE run IS DISTINCT FROM again))[:10] AS examples
       FROM joined`,
    );
    if (!row) throw new Error('a count that yields no row');
    return { ...row, examples: row.examples ?? [] };
  } finally {
    database.close();
  }
}
