import type { Evidence, RunRecord } from '../../../harness/contracts.ts';
import { FIRST } from './call-figures.ts';
import type { CallFigures } from './detector.ts';
import { operation } from './names.ts';
import { pathSpanOf, type Row } from './rows.ts';
import type { TraceInput, TraceSource } from './survey.ts';

/** Which traces of a run; without a property, all of them. */
export interface Choice {
  readonly route?: string;
  readonly phase?: string;
}

/** Spans that are held at a time, about. */
const PAGE = 40_000;

/** The recorded traces of a run, a page at a time. */
export async function runTraces(evidence: Evidence, choice: Choice): Promise<TraceSource> {
  const [count] = await evidence.query<{ spans: number }>('SELECT count(*) AS spans FROM recording');
  const pages = Math.max(1, Math.ceil((count?.spans ?? 0) / PAGE));
  return {
    parties: { external: externals(evidence.run), seen: new Set(Object.keys(evidence.run.system.services)) },
    known: await figures(evidence),
    async *traces() {
      for (let page = 0; page < pages; page++) yield* pageOf(evidence, choice, pages, page);
    },
  };
}

function externals({ system }: RunRecord): ReadonlySet<string> {
  const entries = Object.entries(system.services).filter(([, { kind }]) => kind === 'external');
  return new Set(entries.map(([name]) => name));
}

type PageRow = Row & { readonly route: string | null };

async function* pageOf(
  evidence: Evidence,
  { route, phase }: Choice,
  pages: number,
  page: number,
): AsyncGenerator<TraceInput> {
  // The host is told by the resource, of which there are few; attributes are wanted of calls alone.
  const hasLedger = evidence.sources.has('ledger');
  const rows = await evidence.query<PageRow>(
    `WITH hosts AS (
       SELECT resource, coalesce(resource->>'$."host.id"', resource->>'$."host.name"') AS host
       FROM (SELECT DISTINCT resource FROM recording))
     SELECT r.trace_id, r.span_id, r.parent_id, r.service, r.name, r.kind, r.start_us, r.end_us, r.status,
            r.http_status, r.peer_service, r.db_system, h.host, ${hasLedger ? 'l.route' : 'NULL AS route'},
            CASE WHEN r.kind = 'client' THEN r.attributes END AS attributes
     FROM recording r LEFT JOIN hosts h USING (resource)
     ${hasLedger ? 'LEFT JOIN ledger l ON l.trace_id = r.trace_id' : ''}
     WHERE hash(r.trace_id) % ${pages} = ${page}
       ${route === undefined ? '' : 'AND l.route = $route'} ${phase === undefined ? '' : 'AND l.phase = $phase'}
     ORDER BY r.trace_id`,
    { ...(route === undefined ? {} : { route }), ...(phase === undefined ? {} : { phase }) },
  );
  for (let start = 0; start < rows.length; ) {
    const first = rows[start];
    let end = start + 1;
    while (rows[end]?.trace_id === first?.trace_id) end += 1;
    yield { route: first?.route ?? null, spans: rows.slice(start, end).map(pathSpanOf) };
    start = end;
  }
}

/** As callFigures, in the database; a call that came twice counts once. */
async function figures(evidence: Evidence): Promise<ReadonlyMap<string, CallFigures>> {
  const rows = await evidence.query<
    CallFigures & { service: string; callee: string; name: string; server: string }
  >(
    `WITH servers AS (
       SELECT trace_id, parent_id, arg_min(service, start_us) AS service,
              arg_min(name, start_us) AS name
       FROM recording WHERE kind = 'server' AND parent_id IS NOT NULL GROUP BY trace_id, parent_id),
     clients AS (
       SELECT trace_id, span_id, any_value(service) AS service, any_value(peer_service) AS peer,
              any_value(db_system) AS db, any_value(name) AS name, min(start_us) AS start_us,
              max(end_us - start_us) AS us
       FROM recording WHERE kind = 'client' GROUP BY trace_id, span_id),
     calls AS (
       SELECT c.service, coalesce(CASE WHEN s.service <> c.service THEN s.service END, c.peer, c.db, c.name) AS callee,
              c.name, coalesce(s.name, '') AS server, c.start_us, c.us
       FROM clients c LEFT JOIN servers s ON s.trace_id = c.trace_id AND s.parent_id = c.span_id),
     numbered AS (SELECT *, row_number() OVER (PARTITION BY service, callee, name, server ORDER BY start_us, us) AS number FROM calls)
     SELECT service, callee, name, server, count(*) AS calls, quantile_cont(us, 0.5) AS "p50Us", quantile_cont(us, 0.95) AS "p95Us",
            max(us) AS "maxUs", quantile_cont(us, 0.5) FILTER (number <= ${FIRST}) AS "firstP50Us",
            max(start_us) FILTER (number <= ${FIRST}) AS "firstUntilUs"
     FROM numbered GROUP BY ALL`,
  );
  return new Map(
    rows.map(({ service, callee, name, server, ...each }) => [
      [service, callee, operation(name), operation(server)].join('\n'),
      each,
    ]),
  );
}
