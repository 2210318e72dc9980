import type { SpanRow } from '../../../harness/contracts.ts';
import type { PathSpan } from '../../critical-path/span.ts';

/** What of a row is read. */
export type Row = Pick<
  SpanRow,
  | 'trace_id'
  | 'span_id'
  | 'parent_id'
  | 'service'
  | 'name'
  | 'kind'
  | 'start_us'
  | 'end_us'
  | 'status'
  | 'http_status'
  | 'peer_service'
  | 'db_system'
> & {
  /** JSON object; null where nothing of it is wanted. */
  readonly attributes: string | null;
  readonly host: string | null;
  readonly follows_only?: boolean;
};

export function pathSpanOf(row: Row): PathSpan {
  // A server says of its own host and route what a client says of its callee.
  const attributes = row.kind === 'server' ? {} : objectOf(row.attributes);
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    parentId: row.parent_id,
    service: row.service,
    name: row.name,
    kind: row.kind,
    startUs: row.start_us,
    endUs: row.end_us,
    isError: row.status === 'error',
    host: row.host,
    peer: row.peer_service ?? text(attributes, 'server.address', 'net.peer.name', 'http.host'),
    db: row.db_system,
    ...requestOf(attributes),
    httpStatus: row.http_status,
    followsOnly: row.follows_only ?? false,
  };
}

/** Which host a resource is of, by what is most certain; null when it does not say. */
export function hostOf(resource: string): string | null {
  return text(objectOf(resource), 'host.id', 'host.name', 'hostname', 'k8s.node.name', 'ip');
}

type Attributes = Readonly<Record<string, unknown>>;

function requestOf(attributes: Attributes): Pick<PathSpan, 'verb' | 'request'> {
  const statement = text(attributes, 'db.query.text', 'db.statement');
  if (statement !== null) {
    const values = Object.entries(attributes).filter(([key]) =>
      /^db\.(?:query\.parameter|postgresql\.values)/.test(key),
    );
    const request =
      values.length > 0 ? `${statement} ${JSON.stringify(values)}` : requestOfStatement(statement);
    return { verb: verbOf(statement), request };
  }
  const verb = text(attributes, 'http.request.method', 'http.method')?.toUpperCase() ?? null;
  const url = text(attributes, 'url.full', 'http.url');
  return { verb, request: verb === null || url === null ? null : `${verb} ${url}` };
}

/** The first word of a statement. */
export function verbOf(statement: string): string | null {
  return /^\s*(\w+)/.exec(statement)?.[1]?.toUpperCase() ?? null;
}

/** A statement whose parameters are not known; null when it has some, since then it may ask for something else each time. */
export function requestOfStatement(statement: string): string | null {
  return /\$\d|\?|%s|:\w+|@\w+/.test(statement.replaceAll(/'[^']*'|::\w+/g, '')) ? null : statement;
}

/** The first of the attributes that has a text, or a number. */
function text(attributes: Attributes, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = attributes[key];
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  }
  return null;
}

function objectOf(json: string | null): Attributes {
  if (json === null || json === '{}' || json === '') return {};
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
