import type { Evidence } from '../../../harness/contracts.ts';
import { CLIENTS, type MapEdge } from '../map.ts';
import { bothStats, STATS_COLUMNS, type StatsRow } from './stats.ts';
import { isFaulty, type MeasuredTime } from './times.ts';

/**
 * The requests of the clients to the entry service, by the ledger: as the client saw them, from when they were due.
 * None without a ledger.
 */
export async function entryStats(evidence: Evidence, time: MeasuredTime): Promise<readonly MapEdge[]> {
  if (!evidence.sources.has('ledger')) return [];
  const rows = await evidence.query<StatsRow>(
    `WITH requests AS (
       SELECT DISTINCT seq, trace_id, sent_us + latency_us - due_us AS took_us, true AS is_waited,
              coalesce(status = 0 OR status >= 500, true) AS failed, coalesce(${isFaulty('due_us', time)}, false) AS faulty
       FROM ledger WHERE phase <> 'warmup')
     SELECT ${STATS_COLUMNS} FROM requests GROUP BY faulty`,
  );
  return [
    {
      id: null,
      from: CLIENTS,
      to: evidence.run.system.entry,
      kind: 'clients',
      mode: 'sync',
      ...bothStats(rows, time),
      faults: [],
    },
  ];
}
