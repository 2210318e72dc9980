import type { Evidence, RunRecord } from '../../../harness/contracts.ts';
import { FIRST } from './call-figures.ts';
import type { CallFigures } from './detector.ts';
import { operation } from './names.ts';
import { namesHosts, shapesOf, spansSql, tracesOf } from './run-spans.ts';
import type { TraceInput, TraceSource } from './survey.ts';

/** Which traces of a run; without a property, all of them. */
export interface Choice {
  readonly route?: string;
  readonly phase?: string;
}

/** Spans that are held at a time, about. */
const PAGE = 100_000;

/** The recorded traces of a run, a page at a time. */
export async function runTraces(evidence: Evidence, choice: Choice): Promise<TraceSource> {
  const [count] = await evidence.query<{ spans: number }>('SELECT count(*) AS spans FROM recording');
  const pages = Math.max(1, Math.ceil((count?.spans ?? 0) / PAGE));
  const hosts = await namesHosts(evidence);
  const shapes = await shapesOf(evidence, hosts);
  const { system } = evidence.run;
  return {
    parties: { external: externals(evidence.run), seen: new Set(Object.keys(system.services)) },
    known: await figures(evidence, hosts),
    async *traces(routes): AsyncGenerator<TraceInput> {
      // A route that is no route of the load is that of traces which the system began by itself.
      const known = routes?.every((route) => system.routes.includes(route)) ? routes : undefined;
      for (let page = 0; page < pages; page++) {
        const { traces, where, parameters } = pageOf(evidence, choice, known, pages, page);
        yield* tracesOf(evidence, { shapes, hosts }, traces, where, parameters);
      }
    },
  };
}

function externals({ system }: RunRecord): ReadonlySet<string> {
  const entries = Object.entries(system.services).filter(([, { kind }]) => kind === 'external');
  return new Set(entries.map(([name]) => name));
}

interface Page {
  readonly traces: string;
  readonly where: string;
  readonly parameters: Readonly<Record<string, string>>;
}

function pageOf(
  { sources }: Evidence,
  { route, phase }: Choice,
  routes: readonly string[] | undefined,
  pages: number,
  page: number,
): Page {
  const isOfPage = (table: string) => `hash(${table}.trace_id) % ${pages} = ${page}`;
  if (!sources.has('ledger'))
    return {
      traces: `SELECT DISTINCT trace_id, NULL AS route FROM recording WHERE ${isOfPage('recording')}`,
      where: isOfPage('r'),
      parameters: {},
    };
  const list = route === undefined ? routes : [route];
  const names = (list ?? []).map((_, index) => `$route${index}`).join(', ');
  const chosen = [
    ...(list ? [`route IN (${names})`] : []),
    ...(phase === undefined ? [] : ['phase = $phase']),
  ].join(' AND ');
  const requests = `SELECT trace_id, any_value(route) AS route FROM ledger
     WHERE ${[isOfPage('ledger'), ...(chosen === '' ? [] : [chosen])].join(' AND ')} GROUP BY trace_id`;
  return {
    // Without a choice, also what nobody of the load has asked for.
    traces:
      chosen === ''
        ? `SELECT trace_id, l.route FROM (SELECT DISTINCT trace_id FROM recording WHERE ${isOfPage('recording')}) LEFT JOIN (${requests}) l USING (trace_id)`
        : requests,
    where:
      chosen === ''
        ? isOfPage('r')
        : `${isOfPage('r')} AND r.trace_id IN (SELECT trace_id FROM (${requests}))`,
    parameters: {
      ...Object.fromEntries((list ?? []).map((name, index) => [`route${index}`, name])),
      ...(phase === undefined ? {} : { phase }),
    },
  };
}

/** As callFigures, in the database; a call that came twice counts once. */
async function figures(evidence: Evidence, hosts: boolean): Promise<ReadonlyMap<string, CallFigures>> {
  const rows = await evidence.query<
    CallFigures & { service: string; callee: string; name: string; server: string }
  >(
    `WITH ${spansSql(hosts, "kind IN ('client', 'server')")},
     servers AS (
       SELECT trace_id, parent_id, arg_min(service, start_us) AS service, arg_min(name, start_us) AS name
       FROM spans WHERE kind = 'server' AND parent_id IS NOT NULL GROUP BY trace_id, parent_id),
     clients AS (
       SELECT trace_id, span_id, any_value(service) AS service, any_value(peer) AS peer, any_value(db) AS db,
              any_value(name) AS name, min(start_us) AS start_us, max(end_us - start_us) AS us
       FROM spans WHERE kind = 'client' GROUP BY trace_id, span_id),
     calls AS (
       SELECT c.service, coalesce(CASE WHEN s.service <> c.service THEN s.service END, c.peer, c.db, c.name) AS callee,
              c.name, coalesce(s.name, '') AS server, c.start_us, c.us
       FROM clients c LEFT JOIN servers s ON s.trace_id = c.trace_id AND s.parent_id = c.span_id),
     numbered AS (
       SELECT *, row_number() OVER (PARTITION BY service, callee, name, server ORDER BY start_us, us) AS number
       FROM calls)
     SELECT service, callee, name, server, count(*) AS calls, quantile_cont(us, 0.5) AS "p50Us",
            quantile_cont(us, 0.95) AS "p95Us", max(us) AS "maxUs",
            quantile_cont(us, 0.5) FILTER (number <= ${FIRST}) AS "firstP50Us",
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
