import type { Evidence } from '../../../harness/contracts.ts';
import type { PathSpan } from '../../critical-path/span.ts';
import { requestOfStatement, verbOf } from './rows.ts';

/** What many spans of a run have in common. */
type Shape = Pick<
  PathSpan,
  'service' | 'name' | 'kind' | 'isError' | 'host' | 'peer' | 'db' | 'verb' | 'request' | 'httpStatus'
>;

/** A span as numbers: a text costs many times as much to fetch, and there may be millions. Ids and texts are hashes of 52 bits. */
interface SpanNumbers {
  readonly trace: number;
  readonly span: number;
  readonly parent: number | null;
  readonly shape: number;
  readonly start_us: number;
  readonly end_us: number;
  /** Of a request that has its own parameters. */
  readonly request: number | null;
}

const KEYS = [
  'db.query.text',
  'db.statement',
  'http.request.method',
  'http.method',
  'url.full',
  'http.url',
  'server.address',
  'net.peer.name',
  'http.host',
];

const HOST = `coalesce(resource->>'$."host.id"', resource->>'$."host.name"')`;

const number = (sql: string) => `(hash(${sql}) >> 12)::DOUBLE`;

const SHAPE = [
  'service',
  'name',
  'kind',
  'is_error',
  'http_status',
  'peer',
  'db',
  'host',
  'statement',
  'method',
];

/**
 * CTE `spans` of SQL on the recording, with what comes before it; attributes are read of clients alone, as pathSpanOf reads them.
 * @param hosts whether any resource names its host: to look for it in each costs more than all the rest
 * @param where condition on the recording `r`
 */
export function spansSql(hosts: boolean, where = 'true'): string {
  const paths = KEYS.map((key) => `'$."${key}"'`).join(', ');
  return `hosts AS (
      SELECT resource, ${HOST} AS host FROM (SELECT DISTINCT resource FROM recording)),
    read AS (
      SELECT r.*, json_extract_string(CASE WHEN kind = 'client' THEN attributes ELSE '{}' END, [${paths}]) AS a
      FROM recording r WHERE ${where}),
    spans AS (
      SELECT trace_id, span_id, parent_id, service, name, kind, start_us, end_us, status = 'error' AS is_error, http_status,
             coalesce(peer_service, a[7], a[8], a[9]) AS peer, db_system AS db, ${hosts ? 'host' : 'NULL::VARCHAR AS host'},
             coalesce(a[1], a[2]) AS statement, coalesce(a[3], a[4]) AS method,
             CASE WHEN kind <> 'client' THEN NULL
                  WHEN coalesce(a[1], a[2]) IS NULL THEN ${number('coalesce(a[5], a[6])')} * CASE WHEN coalesce(a[5], a[6]) IS NULL THEN NULL ELSE 1 END
                  WHEN contains(attributes, '"db.query.parameter') OR contains(attributes, '"db.postgresql.values') THEN ${number('attributes')}
             END AS request
      FROM read ${hosts ? 'LEFT JOIN hosts USING (resource)' : ''})`;
}

/** Whether any resource of a run names its host. */
export async function namesHosts(evidence: Evidence): Promise<boolean> {
  const [row] = await evidence.query<{ named: boolean }>(
    `SELECT count(*) > 0 AS named FROM (SELECT DISTINCT resource FROM recording) WHERE ${HOST} IS NOT NULL`,
  );
  return row?.named ?? false;
}

/** The shapes of all spans of a run, by hash; there are as many as operations. */
export async function shapesOf(evidence: Evidence, hosts: boolean): Promise<ReadonlyMap<number, Shape>> {
  const rows = await evidence.query<{
    shape: number;
    service: string;
    name: string;
    kind: PathSpan['kind'];
    is_error: boolean;
    http_status: number | null;
    peer: string | null;
    db: string | null;
    host: string | null;
    statement: string | null;
    method: string | null;
  }>(
    `WITH ${spansSql(hosts)} SELECT DISTINCT ${number(SHAPE.join(', '))} AS shape, ${SHAPE.join(', ')} FROM spans`,
  );
  return new Map(
    rows.map(
      ({
        shape,
        service,
        name,
        kind,
        is_error: isError,
        http_status: httpStatus,
        peer,
        db,
        host,
        statement,
        method,
      }) => [
        shape,
        {
          service,
          name,
          kind,
          isError,
          httpStatus,
          peer,
          db,
          host,
          verb: statement === null ? (method?.toUpperCase() ?? null) : verbOf(statement),
          request: statement === null ? null : requestOfStatement(statement),
        },
      ],
    ),
  );
}

export interface TraceSpans {
  readonly traceId: string;
  readonly route: string | null;
  readonly spans: readonly PathSpan[];
}

/** The traces that fit a condition, which is held to fit whole traces. @param traces SQL that yields trace_id and route of each */
export async function* tracesOf(
  evidence: Evidence,
  { shapes, hosts }: { readonly shapes: ReadonlyMap<number, Shape>; readonly hosts: boolean },
  traces: string,
  where: string,
  parameters: Readonly<Record<string, string>>,
): AsyncGenerator<TraceSpans> {
  const rows = await evidence.query<SpanNumbers>(
    `WITH ${spansSql(hosts, where)}
     SELECT ${number('trace_id')} AS trace, ${number('span_id')} AS span,
            CASE WHEN parent_id IS NOT NULL THEN ${number('parent_id')} END AS parent,
            ${number(SHAPE.join(', '))} AS shape, start_us::DOUBLE AS start_us, end_us::DOUBLE AS end_us, request
     FROM spans ORDER BY trace`,
    parameters,
  );
  const ids = await evidence.query<{ trace: number; trace_id: string; route: string | null }>(
    `SELECT ${number('trace_id')} AS trace, trace_id, route FROM (${traces})`,
    parameters,
  );
  const byHash = new Map(ids.map(({ trace, ...each }) => [trace, each]));
  for (let start = 0; start < rows.length; ) {
    const trace = rows[start]?.trace ?? 0;
    let end = start + 1;
    while (rows[end]?.trace === trace) end += 1;
    const { trace_id: traceId = '', route = null } = byHash.get(trace) ?? {};
    const spans = rows.slice(start, end).flatMap((row) => spanOf(row, traceId, shapes.get(row.shape)) ?? []);
    yield { traceId, route, spans };
    start = end;
  }
}

function spanOf(row: SpanNumbers, traceId: string, shape: Shape | undefined): PathSpan | undefined {
  if (!shape) return undefined;
  return {
    traceId,
    spanId: String(row.span),
    parentId: row.parent === null ? null : String(row.parent),
    service: shape.service,
    name: shape.name,
    kind: shape.kind,
    startUs: row.start_us,
    endUs: row.end_us,
    isError: shape.isError,
    host: shape.host,
    peer: shape.peer,
    db: shape.db,
    verb: shape.verb,
    request: row.request === null ? shape.request : String(row.request),
    httpStatus: shape.httpStatus,
    followsOnly: false,
  };
}
