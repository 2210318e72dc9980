/**
 * OTLP TracesData in protobuf to spans, reading only what the evidence has columns for. Field numbers from
 * opentelemetry/proto/trace/v1/trace.proto, common.proto and resource.proto.
 */
import protobuf from 'protobufjs/minimal.js';
import { ColumnNotes, hasColumn } from './attributes.ts';
import { ByteCache } from './byte-cache.ts';
import { jsonNumber, jsonString } from './json-text.ts';
import { microseconds, words2, words4 } from './proto-fixed.ts';
import type { DecodedSpan, Resource } from './span.ts';

type Reader = protobuf.Reader;

const SERVICE_NAME = 'service.name';

/**
 * Calls `onSpan` for each span of a message. The object is the callee's to keep.
 * @throws RangeError or Error of protobufjs when the bytes are no TracesData
 */
export function decodeTraces(bytes: Buffer, onSpan: (span: DecodedSpan) => void): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === tagOf(1, 2)) resourceSpans(reader, onSpan);
    else reader.skipType(tag & 7);
  }
}

/** Field number and wire type as they stand before a field. */
function tagOf(field: number, wire: number): number {
  return (field << 3) | wire;
}

function resourceSpans(reader: Reader, onSpan: (span: DecodedSpan) => void): void {
  const end = reader.uint32() + reader.pos;
  const start = reader.pos;
  // The resource stands first in what exporters write, but protobuf does not promise it: look for it, then read the spans.
  let resource: Resource = { service: '', json: '{}' };
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tagOf(1, 2)) resource = readResource(reader);
    else reader.skipType(tag & 7);
  }
  reader.pos = start;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tagOf(2, 2)) scopeSpans(reader, resource, onSpan);
    else reader.skipType(tag & 7);
  }
}

/** A run has as many resources as processes: each is decoded once. */
const resources = new Map<string, Resource>();

function readResource(reader: Reader): Resource {
  const bytes = reader.bytes();
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const known = resources.get(key);
  if (known !== undefined) return known;
  const inner = protobuf.Reader.create(bytes);
  const fields: string[] = [];
  let service = '';
  while (inner.pos < inner.len) {
    const tag = inner.uint32();
    if (tag === tagOf(1, 2)) {
      const attribute = keyValue(inner);
      fields.push(attribute.json);
      if (attribute.key === SERVICE_NAME) service = String(attribute.value ?? '');
    } else inner.skipType(tag & 7);
  }
  const resource = { service, json: `{${fields.join(',')}}` };
  if (resources.size < 1000) resources.set(key, resource);
  return resource;
}

function scopeSpans(reader: Reader, resource: Resource, onSpan: (span: DecodedSpan) => void): void {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tagOf(2, 2)) onSpan(readSpan(reader, resource));
    else reader.skipType(tag & 7);
  }
}

function readSpan(reader: Reader, resource: Resource): DecodedSpan {
  const end = reader.uint32() + reader.pos;
  const notes = new ColumnNotes();
  let traceId: DecodedSpan['traceId'] = [0, 0, 0, 0];
  let spanId: DecodedSpan['spanId'] = [0, 0];
  let parentId: DecodedSpan['parentId'] = [0, 0];
  let traceState = '';
  let name = '';
  let kind = 0;
  let startUs = 0;
  let endUs = 0;
  let status: Status = OK;
  let attributes = '';
  let events = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case tagOf(1, 2):
        traceId = words4(reader);
        break;
      case tagOf(2, 2):
        spanId = words2(reader);
        break;
      case tagOf(3, 2):
        traceState = reader.string();
        break;
      case tagOf(4, 2):
        parentId = words2(reader);
        break;
      case tagOf(5, 2):
        name = reader.string();
        break;
      case tagOf(6, 0):
        kind = reader.uint32();
        break;
      case tagOf(7, 1):
        startUs = microseconds(reader);
        break;
      case tagOf(8, 1):
        endUs = microseconds(reader);
        break;
      case tagOf(9, 2): {
        const attribute = keyValue(reader);
        attributes = attributes === '' ? attribute.json : `${attributes},${attribute.json}`;
        if (attribute.value !== undefined) notes.note(attribute.key, attribute.value);
        break;
      }
      case tagOf(11, 2):
        events = events === '' ? readEvent(reader) : `${events},${readEvent(reader)}`;
        break;
      case tagOf(15, 2):
        status = readStatus(reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return {
    traceId,
    spanId,
    parentId,
    resource,
    traceState,
    name,
    kind,
    startUs,
    endUs,
    status: status.code,
    statusMessage: status.message === '' ? null : status.message,
    columns: notes,
    attributes: `{${attributes}}`,
    events: events === '' ? '' : `[${events}]`,
  };
}

interface Status {
  readonly code: number;
  readonly message: string;
}

const OK: Status = { code: 0, message: '' };

function readStatus(reader: Reader): Status {
  const end = reader.uint32() + reader.pos;
  let code = 0;
  let message = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tagOf(2, 2)) message = reader.string();
    else if (tag === tagOf(3, 0)) code = reader.uint32();
    else reader.skipType(tag & 7);
  }
  return { code, message };
}

function readEvent(reader: Reader): string {
  const end = reader.uint32() + reader.pos;
  let atUs = 0;
  let name = '';
  let attributes = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tagOf(1, 1)) atUs = microseconds(reader);
    else if (tag === tagOf(2, 2)) name = reader.string();
    else if (tag === tagOf(3, 2)) {
      const { json } = keyValue(reader);
      attributes = attributes === '' ? json : `${attributes},${json}`;
    } else reader.skipType(tag & 7);
  }
  return `{"name":${jsonString(name)},"atUs":${atUs},"attributes":{${attributes}}}`;
}

interface Attribute {
  readonly key: string;
  /** `"key":value` */
  readonly json: string;
  /** Set if the attribute has a column of its own, or names the service. */
  readonly value: string | number | undefined;
}

/** Most attributes of a run repeat: method, route, service, statement … */
const attributeCache = new ByteCache<Attribute>();
const keyCache = new ByteCache<{ readonly key: string; readonly json: string; readonly wanted: boolean }>();

function keyValue(reader: Reader): Attribute {
  const end = reader.uint32() + reader.pos;
  const attribute = attributeCache.get(reader.buf, reader.pos, end, () => readKeyValue(reader, end));
  reader.pos = end;
  return attribute;
}

function readKeyValue(reader: Reader, end: number): Attribute {
  let key = NO_KEY;
  let json = 'null';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tagOf(1, 2)) key = readKey(reader);
    else if (tag === tagOf(2, 2)) json = anyValue(reader);
    else reader.skipType(tag & 7);
  }
  const value = key.wanted ? (JSON.parse(json) as unknown) : undefined;
  const simple = typeof value === 'string' || typeof value === 'number' ? value : undefined;
  return { key: key.key, json: `${key.json}:${json}`, value: simple };
}

const NO_KEY = { key: '', json: '""', wanted: false };

function readKey(reader: Reader): typeof NO_KEY {
  const end = reader.uint32() + reader.pos;
  const known = keyCache.get(reader.buf, reader.pos, end, () => {
    const key = (reader.buf as Buffer).toString('utf8', reader.pos, end);
    return { key, json: jsonString(key), wanted: hasColumn(key) || key === SERVICE_NAME };
  });
  reader.pos = end;
  return known;
}

/** An AnyValue as JSON text. */
function anyValue(reader: Reader): string {
  const end = reader.uint32() + reader.pos;
  let json = 'null';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tagOf(1, 2)) json = jsonString(reader.string());
    else if (tag === tagOf(2, 0)) json = reader.bool() ? 'true' : 'false';
    else if (tag === tagOf(3, 0)) json = reader.int64().toString();
    else if (tag === tagOf(4, 1)) json = jsonNumber(reader.double());
    else if (tag === tagOf(5, 2)) json = list(reader, anyValue, '[', ']');
    else if (tag === tagOf(6, 2)) json = list(reader, (inner) => keyValue(inner).json, '{', '}');
    else if (tag === tagOf(7, 2)) json = jsonString(Buffer.from(reader.bytes()).toString('base64'));
    else reader.skipType(tag & 7);
  }
  return json;
}

function list(reader: Reader, item: (reader: Reader) => string, open: string, close: string): string {
  const end = reader.uint32() + reader.pos;
  const items: string[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === tagOf(1, 2)) items.push(item(reader));
    else reader.skipType(tag & 7);
  }
  return open + items.join(',') + close;
}
