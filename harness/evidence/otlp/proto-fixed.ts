/** Ids and instants of a span, which have a fixed length in protobuf, as the numbers that the evidence holds. */
import type { Reader } from 'protobufjs/minimal.js';
import type { DecodedSpan } from './span.ts';

/** A trace id; all zero unless it has its 16 bytes. */
export function words4(reader: Reader): DecodedSpan['traceId'] {
  const end = reader.uint32() + reader.pos;
  const id: [number, number, number, number] = [0, 0, 0, 0];
  if (end - reader.pos === 16) for (let word = 0; word < 4; word++) id[word] = bigEndian(reader);
  reader.pos = end;
  return id;
}

/** A span id; all zero unless it has its 8 bytes. */
export function words2(reader: Reader): DecodedSpan['spanId'] {
  const end = reader.uint32() + reader.pos;
  const id: [number, number] = [0, 0];
  if (end - reader.pos === 8) for (let word = 0; word < 2; word++) id[word] = bigEndian(reader);
  reader.pos = end;
  return id;
}

function bigEndian(reader: Reader): number {
  const little = reader.fixed32();
  return (
    ((little & 0xff) * 0x1000000 + ((little & 0xff00) << 8) + ((little >>> 8) & 0xff00) + (little >>> 24)) >>>
    0
  );
}

/** A fixed64 of nanoseconds as whole microseconds, exact: 2^32 = 4,294,967 x 1000 + 296. */
export function microseconds(reader: Reader): number {
  const low = reader.fixed32();
  const high = reader.fixed32();
  return high * 4_294_967 + Math.floor((high * 296 + low) / 1000);
}
