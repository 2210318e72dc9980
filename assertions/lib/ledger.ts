import { EXAMPLES, one } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';

/** What is wrong with the ledger itself; lists hold EXAMPLES at most. */
export interface LedgerGaps {
  /** Planned requests of which the driver has no record, or that have no row. */
  readonly missing: number;
  readonly missingSeqs: readonly number[];
  /** Requests of which there are two records, or that share their trace id with another. */
  readonly duplicate: number;
  readonly duplicateSeqs: readonly number[];
  /** Traces that reached the entry service with a remote parent that no ledger row knows. */
  readonly foreign: number;
  readonly foreignIds: readonly string[];
}

/** Looks for planned requests without a row, rows without a request, and requests that nobody planned. */
export async function ledgerGaps(evidence: Evidence): Promise<LedgerGaps> {
  const missing = await list(
    evidence,
    `SELECT seq AS id, seq FROM (
       SELECT CAST(unnest(range($planned::BIGINT)) AS BIGINT) AS seq
       EXCEPT SELECT seq FROM ledger WHERE status IS NOT NULL AND sent_us IS NOT NULL)`,
    { planned: evidence.run.load.planned },
  );
  const duplicate = await list(
    evidence,
    `SELECT DISTINCT seq AS id, seq FROM (
       SELECT seq, count(*) OVER (PARTITION BY seq) AS same_seq, count(*) OVER (PARTITION BY trace_id) AS same_trace
       FROM ledger)
     WHERE same_seq > 1 OR same_trace > 1`,
  );
  const foreign = evidence.sources.has('recording')
    ? await list(
        evidence,
        `SELECT trace_id AS id, min(start_us) AS seq FROM orphans o
         WHERE service = $entry AND kind = 'server'
           AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.trace_id = o.trace_id)
         GROUP BY trace_id`,
        { entry: evidence.run.system.entry },
      )
    : { total: 0, ids: [] };
  return {
    missing: missing.total,
    missingSeqs: missing.ids.map(Number),
    duplicate: duplicate.total,
    duplicateSeqs: duplicate.ids.map(Number),
    foreign: foreign.total,
    foreignIds: foreign.ids.map(String),
  };
}

interface List {
  readonly total: number;
  readonly ids: readonly (string | number)[];
}

/** Counts what a statement with the columns id and seq yields, and takes its first rows by seq. */
async function list(
  evidence: Evidence,
  sql: string,
  parameters: Readonly<Record<string, string | number>> = {},
): Promise<List> {
  const { total } = await one<{ total: number }>(
    evidence,
    `SELECT count(*) AS total FROM (${sql})`,
    parameters,
  );
  if (total === 0) return { total, ids: [] };
  const rows = await evidence.query<{ id: string | number }>(
    `${sql} ORDER BY 2, 1 LIMIT ${EXAMPLES}`,
    parameters,
  );
  return { total, ids: rows.map((row) => row.id) };
}
