/** The spans of a generated run, as SQL over the tables `requests` and `shapes`. */
import { hashThreshold, traceHashSql } from '../../harness/evidence/sampler/hash.ts';
import { literal } from '../../harness/evidence/tables.ts';
import type { SpanShape } from './shape-builder.ts';
import { shapes } from './shapes.ts';

/** From the sending of a request to its entry span, microseconds. */
const WAY_US = 300;

/** A statement that yields the shapes: a row a span of a variant. */
export function shapesSql(): string {
  const rows = Object.entries(shapes()).flatMap(([variant, spans]) =>
    spans.map((span) => rowOf(variant, span)),
  );
  return `SELECT * FROM (VALUES ${rows.join(',\n')}) AS s(variant, ref, parent, service, name, kind, from_us, until_us, error,
    http_route, http_status, url_path, peer_service, db_system, attributes)`;
}

function rowOf(variant: string, span: SpanShape): string {
  const text = (value: string | null): string => (value === null ? 'NULL::VARCHAR' : literal(value));
  const whole = (value: number | null): string => (value === null ? 'NULL::INTEGER' : String(value));
  const { ref, parent, service, name, kind, fromUs, untilUs, error, route, httpStatus, path, peer } = span;
  const cells = [
    text(variant),
    whole(ref),
    whole(parent),
    ...[service, name, kind].map(text),
    fromUs.toFixed(0),
    untilUs.toFixed(0),
    text(error),
    text(route),
    whole(httpStatus),
    ...[path, peer, span.database, span.attributes].map(text),
  ];
  return `(${cells.join(', ')})`;
}

/** Traces: those of the requests, and those of the notices that follow an order, half a second after it. */
export const TRACES = `
  SELECT variant, trace_id, span_id, sent_us + ${WAY_US} AS start_us, factor, order_id, customer, total, len(items) AS items,
         1 + chance % 200 AS product
  FROM requests
  UNION ALL
  SELECT 'notice', md5('notice ' || seq), NULL, sent_us + 5000000, factor, order_id, customer, total, len(items), 1
  FROM requests WHERE route = 'order'`;

const SPAN_ID = (ref: string): string => `printf('%016x', hash(t.trace_id, ${ref}))`;
const FILLED = ['order_id', 'customer', 'items', 'total', 'product'] as const;
const MARKS: Readonly<Record<(typeof FILLED)[number], string>> = {
  order_id: '$order',
  customer: '$customer',
  // A number stands without the quotation marks of its place.
  items: '"$items"',
  total: '"$total"',
  product: '$product',
};

/** Columns of the recording. Rows come in the order of the traces, not of time: nothing is sorted, nothing is held. */
export function spansSql(traces = `(${TRACES})`): string {
  const filled = FILLED.reduce(
    (sql, column) => `replace(${sql}, ${literal(MARKS[column])}, t.${column}::VARCHAR)`,
    's.attributes',
  );
  const resource = (service: string): string =>
    `'{"deployment.environment":"chaoscope","service.name":"' || ${service} || '","service.version":"0.1.0","telemetry.sdk.language":"nodejs","telemetry.sdk.name":"opentelemetry","telemetry.sdk.version":"2.12.1"}'`;
  return `
    SELECT t.trace_id, ${SPAN_ID('s.ref')} AS span_id,
      CASE WHEN s.parent = -1 THEN t.span_id WHEN s.parent IS NOT NULL THEN ${SPAN_ID('s.parent')} END AS parent_id,
      s.service, s.name, s.kind,
      t.start_us + round(s.from_us * t.factor)::BIGINT AS start_us,
      t.start_us + round(s.until_us * t.factor)::BIGINT AS end_us,
      CASE WHEN s.error IS NULL THEN 'unset' ELSE 'error' END AS status, s.error AS status_message, s.http_route,
      s.http_status::INTEGER AS http_status, replace(s.url_path, '$product', t.product::VARCHAR) AS url_path,
      s.peer_service, s.db_system,
      CASE WHEN contains(s.attributes, '$') THEN ${filled} ELSE s.attributes END AS attributes,
      CASE WHEN s.error IS NULL THEN '[]' ELSE
        '[{"name":"exception","atUs":' || (t.start_us + round(s.until_us * t.factor)::BIGINT) ||
        ',"attributes":{"exception.type":"Error","exception.message":"' || s.error || '"}}]' END AS events,
      ${resource('s.service')} AS resource, '' AS trace_state
    FROM ${traces} t JOIN shapes s ON s.variant = t.variant`;
}

/** What the shipped configuration keeps: errors, what takes two seconds, and 5 % by the hash of the trace id, but no health check. */
export function archivedSql(): string {
  const kept = `variant <> 'health' AND (variant IN (SELECT variant FROM shapes GROUP BY variant
    HAVING bool_or(error IS NOT NULL) OR max(until_us) > 2000000) OR ${traceHashSql('trace_id')} <= ${hashThreshold(5)}::UBIGINT)`;
  const spans = spansSql(`(SELECT * FROM (${TRACES}) WHERE ${kept})`);
  return `SELECT * EXCLUDE (trace_state) FROM (${spans})`;
}
