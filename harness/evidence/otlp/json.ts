/** OTLP/JSON, as Jaeger's API v3 answers it, to spans. */
import { ColumnNotes, hasColumn } from './attributes.ts';
import { jsonNumber, jsonString } from './json-text.ts';
import { type DecodedSpan, KINDS, type Resource, STATUSES } from './span.ts';

/** What of OTLP/JSON is read; all of it may be absent, and a number may come as a text. */
export interface TracesJson {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValueJson[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly SpanJson[] }[];
  }[];
}

interface SpanJson {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number | string;
  readonly startTimeUnixNano?: string | number;
  readonly endTimeUnixNano?: string | number;
  readonly attributes?: readonly KeyValueJson[];
  readonly events?: readonly {
    readonly timeUnixNano?: string | number;
    readonly name?: string;
    readonly attributes?: readonly KeyValueJson[];
  }[];
  readonly status?: { readonly code?: number | string; readonly message?: string };
}

interface KeyValueJson {
  readonly key?: string;
  readonly value?: AnyValueJson;
}

interface AnyValueJson {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number | string;
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values?: readonly AnyValueJson[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValueJson[] };
}

/** Jaeger notes its own remarks on spans under keys of this prefix; they are no part of what was stored. */
const REMARK = '@jaeger@';

/** All spans of a document. */
export function* spansOf(document: TracesJson): Generator<DecodedSpan> {
  for (const { resource, scopeSpans } of document.resourceSpans ?? []) {
    const decoded = resourceOf(resource?.attributes ?? []);
    for (const { spans } of scopeSpans ?? []) {
      for (const span of spans ?? []) yield spanOf(span, decoded);
    }
  }
}

function resourceOf(attributes: readonly KeyValueJson[]): Resource {
  const service = attributes.find(({ key }) => key === 'service.name')?.value?.stringValue ?? '';
  return { service, json: objectText(attributes) };
}

function spanOf(span: SpanJson, resource: Resource): DecodedSpan {
  const columns = new ColumnNotes();
  const attributes = (span.attributes ?? []).filter(({ key }) => !key?.startsWith(REMARK));
  for (const { key = '', value } of attributes) {
    const simple = value?.stringValue ?? value?.intValue;
    if (simple !== undefined && hasColumn(key)) columns.note(key, simple);
  }
  const events = (span.events ?? []).map(
    (event) =>
      `{"name":${jsonString(event.name ?? '')},"atUs":${microseconds(event.timeUnixNano)},` +
      `"attributes":${objectText(event.attributes ?? [])}}`,
  );
  const [t0 = 0, t1 = 0, t2 = 0, t3 = 0] = idWords(span.traceId, 4);
  const [s0 = 0, s1 = 0] = idWords(span.spanId, 2);
  const [p0 = 0, p1 = 0] = idWords(span.parentSpanId, 2);
  return {
    traceId: [t0, t1, t2, t3],
    spanId: [s0, s1],
    parentId: [p0, p1],
    resource,
    traceState: null,
    name: span.name ?? '',
    kind: enumNumber(span.kind, KINDS, 'SPAN_KIND_'),
    startUs: microseconds(span.startTimeUnixNano),
    endUs: microseconds(span.endTimeUnixNano),
    status: enumNumber(span.status?.code, STATUSES, 'STATUS_CODE_'),
    statusMessage: span.status?.message || null,
    columns,
    attributes: objectText(attributes),
    events: events.length === 0 ? '' : `[${events.join(',')}]`,
  };
}

/** 32-bit words of an id, which is hex by OTLP/JSON, base64 by protobuf's own JSON; none for what is neither. */
export function idWords(id: string | undefined, words: number): number[] {
  if (id === undefined || id === '') return [];
  const hex = id.length === words * 8 ? id : Buffer.from(id, 'base64').toString('hex');
  if (hex.length !== words * 8) return [];
  return Array.from({ length: words }, (_, word) => Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16));
}

function enumNumber(value: number | string | undefined, names: readonly string[], prefix: string): number {
  if (typeof value !== 'string') return value ?? 0;
  return Math.max(0, names.indexOf(value.replace(prefix, '').toLowerCase()));
}

/** Whole microseconds of nanoseconds, which exceed what a double holds exactly. */
function microseconds(nanoseconds: string | number | undefined): number {
  const digits = String(nanoseconds ?? '0');
  return digits.length > 3 ? Number(digits.slice(0, -3)) : 0;
}

function objectText(attributes: readonly KeyValueJson[]): string {
  return `{${attributes.map(({ key, value }) => `${jsonString(key ?? '')}:${valueText(value)}`).join(',')}}`;
}

function valueText(value: AnyValueJson | undefined): string {
  if (value?.stringValue !== undefined) return jsonString(value.stringValue);
  if (value?.intValue !== undefined) return String(value.intValue);
  if (value?.boolValue !== undefined) return String(value.boolValue);
  if (value?.doubleValue !== undefined) return jsonNumber(Number(value.doubleValue));
  if (value?.arrayValue !== undefined) return `[${(value.arrayValue.values ?? []).map(valueText).join(',')}]`;
  if (value?.kvlistValue !== undefined) return objectText(value.kvlistValue.values ?? []);
  if (value?.bytesValue !== undefined) return jsonString(value.bytesValue);
  return 'null';
}
