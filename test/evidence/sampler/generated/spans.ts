/** Spans as the oracle's tests make them: more exact than the evidence has them, so that what is lost there shows. */
import type { SpanRow } from '../../../../harness/contracts.ts';
import { jsonNumber } from '../../../../harness/evidence/otlp/json-text.ts';
import { KINDS, STATUSES } from '../../../../harness/evidence/otlp/span.ts';

export type Value =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: bigint }
  | { readonly doubleValue: number }
  | { readonly arrayValue: readonly Value[] }
  /** A value without a type. */
  | { readonly empty: true };

export type Attributes = Readonly<Record<string, Value>>;

export interface TestSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for none. */
  readonly parentId: string;
  readonly traceState: string;
  readonly resource: Attributes;
  readonly name: string;
  readonly kind: SpanRow['kind'];
  readonly status: SpanRow['status'];
  readonly message: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
}

/** The span as the recording has it. */
export function rowOf(span: TestSpan): SpanRow {
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_id: span.parentId === '' ? null : span.parentId,
    service: 'generated',
    name: span.name,
    kind: span.kind,
    start_us: Number(span.startNs / 1000n),
    end_us: Number(span.endNs / 1000n),
    status: span.status,
    status_message: span.message === '' ? null : span.message,
    http_route: null,
    http_status: null,
    url_path: null,
    peer_service: null,
    db_system: null,
    attributes: objectText(span.attributes),
    events: '[]',
    resource: objectText(span.resource),
    trace_state: span.traceState,
  };
}

function objectText(attributes: Attributes): string {
  return `{${Object.entries(attributes)
    .map(([key, value]) => `${JSON.stringify(key)}:${valueText(value)}`)
    .join(',')}}`;
}

function valueText(value: Value): string {
  if ('stringValue' in value) return JSON.stringify(value.stringValue);
  if ('boolValue' in value) return String(value.boolValue);
  if ('intValue' in value) return String(value.intValue);
  if ('doubleValue' in value) return jsonNumber(value.doubleValue);
  return 'arrayValue' in value ? `[${value.arrayValue.map(valueText).join(',')}]` : 'null';
}

/** A request to the Collector: each span under a resource of its own, in this order. */
export function requestOf(spans: readonly TestSpan[]): string {
  return JSON.stringify({
    resourceSpans: spans.map((span) => ({
      resource: { attributes: otlpAttributes(span.resource) },
      scopeSpans: [{ scope: { name: 'generated' }, spans: [otlpSpan(span)] }],
    })),
  });
}

function otlpSpan(span: TestSpan): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentId,
    traceState: span.traceState,
    name: span.name,
    kind: KINDS.indexOf(span.kind),
    startTimeUnixNano: String(span.startNs),
    endTimeUnixNano: String(span.endNs),
    status: { code: STATUSES.indexOf(span.status), message: span.message },
    attributes: otlpAttributes(span.attributes),
  };
}

function otlpAttributes(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) }));
}

function otlpValue(value: Value): object {
  if ('intValue' in value) return { intValue: String(value.intValue) };
  if ('arrayValue' in value) return { arrayValue: { values: value.arrayValue.map(otlpValue) } };
  return 'empty' in value ? {} : value;
}
