import type { Edge, Evidence } from '../../../harness/contracts.ts';
import { FAILED, WAITED } from '../../lib/waited.ts';
import type { MapEdge } from '../map.ts';
import { bothStats, modeOf, STATS_COLUMNS, type StatsRow } from './stats.ts';
import { isFaulty, type MeasuredTime } from './times.ts';

interface SeenRow extends StatsRow {
  readonly caller: string;
  readonly callee: string;
  readonly is_database: boolean;
}

/**
 * Every pair of caller and callee of the recorded calls, and every declared edge, called or not.
 *
 * Who was called is the service of the SERVER span below the CLIENT span, else its `peer.service`, else the address
 * that it names. A call with a database system leads to `database`. A SERVER span below a span of another kind of another service
 * is a call whose caller made no CLIENT span; it takes as long as the callee took. A span counts once, however often delivered.
 */
export async function seenEdges(evidence: Evidence, time: MeasuredTime): Promise<readonly MapEdge[]> {
  const rows = await evidence.query<SeenRow>(
    `WITH RECURSIVE ${WAITED},
     spans AS MATERIALIZED (
       SELECT DISTINCT trace_id, span_id, parent_id, service, kind, start_us, end_us, status, http_status,
              peer_service, db_system,
              CASE WHEN kind = 'client'
                THEN concat_ws(':', attributes->>'$."server.address"', attributes->>'$."server.port"') END AS address
       FROM recording WHERE kind IN ('client', 'server')),
     servers AS (
       SELECT trace_id, parent_id, arg_min(service, start_us) AS service
       FROM spans WHERE kind = 'server' AND parent_id IS NOT NULL GROUP BY trace_id, parent_id),
     -- A call that failed on the way leads where the caller's other calls to that address have led.
     addresses AS (
       SELECT c.service, c.address, mode(coalesce(s.service, c.peer_service)) AS name
       FROM spans c LEFT JOIN servers s ON s.trace_id = c.trace_id AND s.parent_id = c.span_id
       WHERE c.kind = 'client' AND c.address <> '' GROUP BY c.service, c.address),
     seen AS (
       SELECT c.trace_id, c.span_id, c.service AS caller, c.db_system IS NOT NULL AS is_database, c.start_us, c.end_us,
              CASE WHEN c.db_system IS NOT NULL THEN 'database'
                   ELSE coalesce(s.service, c.peer_service, a.name, nullif(c.address, '')) END AS callee, c.status, c.http_status
       FROM spans c LEFT JOIN servers s ON s.trace_id = c.trace_id AND s.parent_id = c.span_id
       LEFT JOIN addresses a ON a.service = c.service AND a.address = c.address
       WHERE c.kind = 'client'
       UNION ALL
       SELECT s.trace_id, s.span_id, p.service, false, s.start_us, s.end_us, s.service, s.status, s.http_status
       FROM spans s
       JOIN (SELECT DISTINCT trace_id, span_id, service, kind FROM recording) p
         ON p.trace_id = s.trace_id AND p.span_id = s.parent_id
       WHERE s.kind = 'server' AND p.kind <> 'client' AND p.service <> s.service),
     calls_seen AS (
       SELECT s.trace_id, s.caller, s.callee, s.is_database, s.end_us - s.start_us AS took_us, ${FAILED} AS failed,
              coalesce(w.is_waited, false) AS is_waited, ${isFaulty('s.start_us', time)} AS faulty
       FROM seen s LEFT JOIN waited w ON w.trace_id = s.trace_id AND w.span_id = s.span_id
       WHERE s.callee IS NOT NULL AND s.start_us BETWEEN $from::DOUBLE AND $until::DOUBLE)
     SELECT caller, callee, bool_or(is_database) AS is_database, ${STATS_COLUMNS}
     FROM calls_seen GROUP BY caller, callee, faulty ORDER BY caller, callee`,
    { entry: evidence.run.system.entry, from: time.fromUs, until: time.untilUs },
  );
  const { edges } = evidence.run.system;
  const undeclared = [...Map.groupBy(rows, ({ caller, callee }) => JSON.stringify([caller, callee])).values()]
    .flatMap((group) => group.slice(0, 1))
    .filter(({ caller, callee }) => !edges.some(({ from, to }) => from === caller && to === callee));
  const edgeOf = (from: string, to: string, edge: Edge | undefined): MapEdge => {
    const own = rows.filter(({ caller, callee }) => caller === from && callee === to);
    const isDatabase = to === 'database' || own.some(({ is_database }) => is_database);
    return {
      id: edge?.id ?? null,
      from,
      to,
      kind: isDatabase ? 'database' : 'call',
      mode: modeOf(own),
      ...bothStats(own, time),
      faults: evidence.faults
        .filter(({ on, window }) => window !== undefined && on === edge?.id)
        .map(({ fault }) => fault.title),
    };
  };
  return [
    ...edges.map((edge) => edgeOf(edge.from, edge.to, edge)),
    ...undeclared.map(({ caller, callee }) => edgeOf(caller, callee, undefined)),
  ];
}
