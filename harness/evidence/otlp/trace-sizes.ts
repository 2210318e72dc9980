/**
 * How large traces are in OTLP protobuf, from the flight recorder's messages. Field numbers from
 * opentelemetry/proto/trace/v1/trace.proto.
 */
import protobuf from 'protobufjs/minimal.js';

type Reader = protobuf.Reader;

/** What a trace takes. */
export interface TraceSize {
  readonly spans: number;
  /** As an OTLP message of its own: its spans, and each of their resources and scopes once. */
  readonly bytes: number;
  /** Of the compressed messages as they were recorded, the share of its spans. */
  readonly compressedBytes: number;
}

const RESOURCE_SPANS = (1 << 3) | 2;
const SCOPE_SPANS = (2 << 3) | 2;
const SPAN = (2 << 3) | 2;
const TRACE_ID = (1 << 3) | 2;

interface Sized {
  spans: number;
  compressedBytes: number;
  /** Bytes of spans by resource and scope. */
  readonly groups: Map<number, { readonly resource: number; readonly scope: number; bytes: number }>;
}

/** Adds up the sizes of the traces that are wanted; memory grows with those, and not with the recording. */
export class TraceSizes {
  readonly #wanted: ReadonlySet<string>;
  readonly #traces = new Map<string, Sized>();
  /** What stands beside the spans (resource, scope, schema URL), by its bytes; the values are indexes of `#lengths`. */
  readonly #envelopes = new Map<string, number>();
  readonly #lengths: number[] = [];
  #rawBytes = 0;
  #compressedBytes = 0;

  /** @param wanted trace ids, 32 lower-case hex digits */
  constructor(wanted: ReadonlySet<string>) {
    this.#wanted = wanted;
  }

  /** Of all messages: as they were recorded, and decompressed. */
  get totals(): { readonly bytes: number; readonly compressedBytes: number } {
    return { bytes: this.#rawBytes, compressedBytes: this.#compressedBytes };
  }

  /**
   * @param message OTLP TracesData
   * @param compressedBytes of the frame that it was read from
   * @throws RangeError or Error of protobufjs when the bytes are no TracesData
   */
  add(message: Buffer, compressedBytes: number): void {
    const ratio = message.length === 0 ? 0 : compressedBytes / message.length;
    this.#rawBytes += message.length;
    this.#compressedBytes += compressedBytes;
    const reader = protobuf.Reader.create(message);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === RESOURCE_SPANS) this.#resourceSpans(reader, ratio);
      else reader.skipType(tag & 7);
    }
  }

  /** The sizes of the wanted traces that occurred, by trace id. */
  *sizes(): Generator<readonly [traceId: string, size: TraceSize]> {
    for (const [traceId, { spans, compressedBytes, groups }] of this.#traces) {
      const byResource = Map.groupBy(groups.values(), ({ resource }) => resource);
      let bytes = 0;
      for (const [resource, scopes] of byResource) {
        const inner = scopes.map(({ scope, bytes: own }) => (this.#lengths[scope] ?? 0) + own);
        bytes += field(
          (this.#lengths[resource] ?? 0) + inner.reduce((sum, length) => sum + field(length), 0),
        );
      }
      yield [traceId, { spans, bytes, compressedBytes }];
    }
  }

  #resourceSpans(reader: Reader, ratio: number): void {
    const end = reader.uint32() + reader.pos;
    const start = reader.pos;
    const resource = this.#envelope(reader, end, SCOPE_SPANS, 'resource');
    reader.pos = start;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === SCOPE_SPANS) this.#scopeSpans(reader, resource, ratio);
      else reader.skipType(tag & 7);
    }
  }

  #scopeSpans(reader: Reader, resource: number, ratio: number): void {
    const end = reader.uint32() + reader.pos;
    const start = reader.pos;
    const scope = this.#envelope(reader, end, SPAN, `scope ${resource}`);
    reader.pos = start;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag !== SPAN) {
        reader.skipType(tag & 7);
        continue;
      }
      const length = reader.uint32();
      const until = reader.pos + length;
      const traceId = traceIdOf(reader, until);
      reader.pos = until;
      if (traceId !== undefined && this.#wanted.has(traceId))
        this.#count(traceId, resource, scope, field(length), ratio);
    }
  }

  #count(traceId: string, resource: number, scope: number, bytes: number, ratio: number): void {
    const trace = this.#traces.get(traceId) ?? { spans: 0, compressedBytes: 0, groups: new Map() };
    this.#traces.set(traceId, trace);
    trace.spans += 1;
    trace.compressedBytes += bytes * ratio;
    const group = trace.groups.get(scope);
    if (group) group.bytes += bytes;
    else trace.groups.set(scope, { resource, scope, bytes });
  }

  /** Index of what a message has beside the fields with the tag `but`. */
  #envelope(reader: Reader, end: number, but: number, kind: string): number {
    const parts: string[] = [];
    let length = 0;
    while (reader.pos < end) {
      const start = reader.pos;
      const tag = reader.uint32();
      reader.skipType(tag & 7);
      if (tag === but) continue;
      length += reader.pos - start;
      parts.push(Buffer.from(reader.buf.subarray(start, reader.pos)).toString('latin1'));
    }
    const key = `${kind} ${parts.join('')}`;
    const known = this.#envelopes.get(key);
    if (known !== undefined) return known;
    const index = this.#lengths.push(length) - 1;
    this.#envelopes.set(key, index);
    return index;
  }
}

function traceIdOf(reader: Reader, until: number): string | undefined {
  while (reader.pos < until) {
    const tag = reader.uint32();
    if (tag === TRACE_ID) return Buffer.from(reader.bytes()).toString('hex');
    reader.skipType(tag & 7);
  }
  return undefined;
}

/** Bytes of a field of one tag byte with so many bytes of content: the tag, the length as a varint, the content. */
function field(length: number): number {
  let bytes = 2 + length;
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}
