import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';

/** The part of the OTLP trace protocol that the tests read. */
const SCHEMA = protobuf
  .parse(
    `syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; repeated Event events = 11; repeated Link links = 13; Status status = 15;
  }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message Link { bytes trace_id = 1; bytes span_id = 2; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }`,
  )
  .root.lookupType('Request');

export type Attributes = Record<string, string | number | boolean>;

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly service: string;
  readonly resource: Attributes;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'other';
  readonly status: 'unset' | 'ok' | 'error';
  readonly message: string;
  readonly startMs: number;
  readonly ms: number;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  /** Trace ids of the linked spans. */
  readonly links: readonly string[];
}

export interface Receiver {
  readonly endpoint: string;
  readonly spans: readonly Span[];
  trace(traceId: string): Span[];
  stop(): Promise<void>;
}

/** An OTLP/HTTP endpoint on a free port that keeps every span it is sent. */
export async function startReceiver(): Promise<Receiver> {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      if (request.url === '/v1/traces') spans.push(...decode(body));
      response.writeHead(request.url === '/v1/traces' ? 200 : 404, {
        'content-type': 'application/x-protobuf',
      });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    spans,
    trace: (traceId) => spans.filter((span) => span.traceId === traceId),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface RawAttribute {
  readonly key: string;
  readonly value?: { stringValue?: string; boolValue?: boolean; intValue?: number; doubleValue?: number };
}
interface RawSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: RawAttribute[];
  events?: { name: string; attributes?: RawAttribute[] }[];
  links?: { traceId: string }[];
  status?: { message?: string; code?: number };
}
interface RawRequest {
  resourceSpans?: { resource?: { attributes?: RawAttribute[] }; scopeSpans?: { spans?: RawSpan[] }[] }[];
}

function decode(body: Buffer): Span[] {
  const raw: RawRequest = SCHEMA.toObject(SCHEMA.decode(body), { bytes: String, longs: String });
  return (raw.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const of = attributesOf(resource?.attributes);
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => toSpan(span, of)));
  });
}

function toSpan(raw: RawSpan, resource: Attributes): Span {
  return {
    traceId: hex(raw.traceId),
    spanId: hex(raw.spanId),
    parentId: raw.parentSpanId ? hex(raw.parentSpanId) : undefined,
    service: String(resource['service.name']),
    resource,
    name: raw.name,
    kind:
      ({ 1: 'internal', 2: 'server', 3: 'client', 4: 'producer', 5: 'consumer' } as const)[raw.kind ?? 0] ??
      'other',
    status: (['unset', 'ok', 'error'] as const)[raw.status?.code ?? 0] ?? 'unset',
    message: raw.status?.message ?? '',
    startMs: Number(raw.startTimeUnixNano) / 1e6,
    ms: Number(BigInt(raw.endTimeUnixNano) - BigInt(raw.startTimeUnixNano)) / 1e6,
    attributes: attributesOf(raw.attributes),
    events: (raw.events ?? []).map(({ name, attributes }) => ({
      name,
      attributes: attributesOf(attributes),
    })),
    links: (raw.links ?? []).map(({ traceId }) => hex(traceId)),
  };
}

function attributesOf(list: readonly RawAttribute[] = []): Attributes {
  return Object.fromEntries(
    list.map(({ key, value = {} }) => {
      const { stringValue, boolValue, intValue, doubleValue } = value;
      return [
        key,
        stringValue ?? boolValue ?? (intValue === undefined ? (doubleValue ?? '') : Number(intValue)),
      ];
    }),
  );
}

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}
