/** What is needed of a batch to send it again: how many spans it has, and when it can have been sent. */
import protobuf from 'protobufjs/minimal.js';

export interface Batch {
  readonly spans: number;
  /** End of the span that ended last, microseconds since the epoch; 0 without spans. */
  readonly latestEndUs: number;
}

type Reader = protobuf.Reader;

/** Number 1 of TracesData, 2 of ResourceSpans and of ScopeSpans: opentelemetry/proto/trace/v1/trace.proto. */
const PATH = [(1 << 3) | 2, (2 << 3) | 2, (2 << 3) | 2] as const;
const END_TIME = (8 << 3) | 1;

/**
 * Looks through an OTLP message.
 * @throws RangeError or Error of protobufjs when the bytes are no TracesData
 */
export function batchOf(message: Buffer): Batch {
  const found = { spans: 0, latestEndUs: 0 };
  const reader = protobuf.Reader.create(message);
  walk(reader, reader.len, 0, found);
  return found;
}

function walk(
  reader: Reader,
  end: number,
  depth: number,
  found: { spans: number; latestEndUs: number },
): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (depth === PATH.length && tag === END_TIME) {
      const low = reader.fixed32();
      const high = reader.fixed32();
      // Nanoseconds exceed what a double holds exactly; a microsecond is enough here.
      found.latestEndUs = Math.max(found.latestEndUs, Math.floor((high * 2 ** 32 + low) / 1000));
    } else if (tag === PATH[depth]) {
      if (depth === PATH.length - 1) found.spans += 1;
      const length = reader.uint32();
      walk(reader, reader.pos + length, depth + 1, found);
    } else reader.skipType(tag & 7);
  }
}
