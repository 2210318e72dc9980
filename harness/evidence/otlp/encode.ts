/**
 * Spans of the evidence back to OTLP TracesData in protobuf, to send them again. Field numbers from
 * opentelemetry/proto/trace/v1/trace.proto, common.proto and resource.proto. What the evidence does not hold is lost: scopes, links,
 * flags, nanoseconds, and whether a whole number was a double.
 */
import protobuf from 'protobufjs/minimal.js';
import type { Json, SpanRow } from '../../contracts.ts';
import { KINDS, STATUSES } from './span.ts';

type Writer = protobuf.Writer;
type Attributes = Readonly<Record<string, Json>>;

/** A message with these spans, grouped by resource. */
export function encodeSpans(spans: readonly SpanRow[]): Buffer {
  const writer = protobuf.Writer.create();
  for (const [resource, own] of Map.groupBy(spans, (span) => span.resource)) {
    within(writer, 1, (resourceSpans) => {
      within(resourceSpans, 1, (body) => attributes(body, 1, parsed(resource)));
      within(resourceSpans, 2, (scopeSpans) => {
        for (const span of own) within(scopeSpans, 2, (body) => write(body, span));
      });
    });
  }
  return Buffer.from(writer.finish());
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;

function write(writer: Writer, span: SpanRow): void {
  id(writer, 1, span.trace_id);
  id(writer, 2, span.span_id);
  if (span.trace_state) writer.uint32(tag(3, LENGTH)).string(span.trace_state);
  if (span.parent_id !== null) id(writer, 4, span.parent_id);
  writer.uint32(tag(5, LENGTH)).string(span.name);
  writer.uint32(tag(6, VARINT)).int32(KINDS.indexOf(span.kind));
  nanoseconds(writer, 7, span.start_us);
  nanoseconds(writer, 8, span.end_us);
  attributes(writer, 9, parsed(span.attributes));
  for (const event of eventsOf(span.events)) {
    within(writer, 11, (body) => {
      nanoseconds(body, 1, event.atUs);
      body.uint32(tag(2, LENGTH)).string(event.name);
      attributes(body, 3, event.attributes);
    });
  }
  within(writer, 15, (status) => {
    if (span.status_message !== null) status.uint32(tag(2, LENGTH)).string(span.status_message);
    status.uint32(tag(3, VARINT)).int32(STATUSES.indexOf(span.status));
  });
}

interface Event {
  readonly name: string;
  readonly atUs: number;
  readonly attributes: Attributes;
}

function eventsOf(text: string): readonly Event[] {
  return JSON.parse(text) as readonly Event[];
}

function parsed(text: string): Attributes {
  return JSON.parse(text) as Attributes;
}

function attributes(writer: Writer, field: number, of: Attributes): void {
  for (const [key, item] of Object.entries(of)) {
    within(writer, field, (body) => {
      body.uint32(tag(1, LENGTH)).string(key);
      within(body, 2, (any) => value(any, item));
    });
  }
}

/** An AnyValue; without a field it is none. */
function value(writer: Writer, of: Json): void {
  if (typeof of === 'string') writer.uint32(tag(1, LENGTH)).string(of);
  else if (typeof of === 'boolean') writer.uint32(tag(2, VARINT)).bool(of);
  else if (typeof of === 'number') {
    if (Number.isSafeInteger(of)) writer.uint32(tag(3, VARINT)).int64(of);
    else writer.uint32(tag(4, FIXED64)).double(of);
  } else if (isList(of)) {
    within(writer, 5, (list) => {
      for (const item of of) within(list, 1, (body) => value(body, item));
    });
  } else if (of !== null) within(writer, 6, (list) => attributes(list, 1, of));
}

function isList(of: Json): of is readonly Json[] {
  return Array.isArray(of);
}

function id(writer: Writer, field: number, hex: string): void {
  writer.uint32(tag(field, LENGTH)).bytes(Buffer.from(hex, 'hex'));
}

/** Microseconds as nanoseconds in two halves, since they exceed what a double holds exactly. */
function nanoseconds(writer: Writer, field: number, us: number): void {
  const ns = BigInt(us) * 1000n;
  writer
    .uint32(tag(field, FIXED64))
    .fixed32(Number(ns & 0xffff_ffffn))
    .fixed32(Number(ns >> 32n));
}

function within(writer: Writer, field: number, body: (writer: Writer) => void): void {
  writer.uint32(tag(field, LENGTH)).fork();
  body(writer);
  writer.ldelim();
}

/** Field number and wire type as they stand before a field. */
function tag(field: number, wire: number): number {
  return (field << 3) | wire;
}
