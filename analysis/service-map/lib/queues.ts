import type { Evidence } from '../../../harness/contracts.ts';
import { FAILED } from '../../lib/waited.ts';
import type { MapEdge } from '../map.ts';
import { bothStats, STATS_COLUMNS, type StatsRow } from './stats.ts';
import { isFaulty, type MeasuredTime } from './times.ts';

interface QueueRow extends StatsRow {
  readonly service: string;
  readonly kind: 'producer' | 'consumer';
  readonly queue: string;
}

/**
 * Edges to queues (PRODUCER spans) and from them (CONSUMER spans). A queue is called by the span's
 * `messaging.destination.name`, else `queue of SERVICE`: a message whose spans name no destination is taken to stay in its service.
 */
export async function queuesOf(evidence: Evidence, time: MeasuredTime): Promise<readonly MapEdge[]> {
  const rows = await evidence.query<QueueRow>(
    `WITH spans AS (
       SELECT DISTINCT trace_id, span_id, service, kind, start_us, end_us, status, http_status,
              coalesce(attributes->>'$."messaging.destination.name"', 'queue of ' || service) AS queue
       FROM recording
       WHERE kind IN ('producer', 'consumer') AND start_us BETWEEN $from::DOUBLE AND $until::DOUBLE),
     messages AS (
       SELECT trace_id, service, kind, queue, end_us - start_us AS took_us, ${FAILED} AS failed, false AS is_waited,
              ${isFaulty('start_us', time)} AS faulty
       FROM spans)
     SELECT service, kind, queue, ${STATS_COLUMNS}
     FROM messages GROUP BY service, kind, queue, faulty ORDER BY kind DESC, service, queue`,
    { from: time.fromUs, until: time.untilUs },
  );
  const groups = Map.groupBy(rows, ({ service, kind, queue }) => JSON.stringify([service, kind, queue]));
  return [...groups.values()].flatMap((own): MapEdge[] => {
    const [first] = own;
    if (!first) return [];
    const { service, queue, kind } = first;
    const [from, to] = kind === 'producer' ? [service, queue] : [queue, service];
    return [{ id: null, from, to, kind: 'queue', mode: 'async', ...bothStats(own, time), faults: [] }];
  });
}
