/** Files like the flight recorder's, for the tests of the replay. */
import { writeFileSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import { encodeTraces, type SpanBytes } from '../evidence/otlp/encode.ts';

/** A frame as the Collector's file exporter writes it. */
export function frameOf(message: Buffer): Buffer {
  const block = zstdCompressSync(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(block.length);
  return Buffer.concat([length, block]);
}

export function writeFrames(path: string, messages: readonly Buffer[]): void {
  writeFileSync(path, Buffer.concat(messages.map(frameOf)));
}

/** A span that ends at this microsecond. */
export function spanUntil(endUs: number, trace = 1): SpanBytes {
  return {
    traceId: trace.toString(16).padStart(32, '0'),
    spanId: 'ab'.repeat(8),
    parentId: '',
    name: 'span',
    kind: 2,
    startNs: BigInt(endUs) * 1000n - 5_000_000n,
    endNs: BigInt(endUs) * 1000n,
    attributes: [],
    events: [{ name: 'later', atNs: BigInt(endUs) * 1000n + 9_000_000_000n, attributes: [] }],
    statusCode: 0,
    statusMessage: '',
  };
}

/** A batch of spans that end at these microseconds. */
export function batchUntil(...endsUs: readonly number[]): Buffer {
  return encodeTraces(
    [['service.name', 'shop']],
    endsUs.map((endUs) => spanUntil(endUs)),
  );
}
