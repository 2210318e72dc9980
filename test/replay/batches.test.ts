import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FrameReader } from '../../harness/evidence/frames.ts';
import { batchOf } from '../../harness/evidence/otlp/batch.ts';
import { timedBatches } from '../../harness/replay/batches.ts';
import { temporaryFolder } from '../stack/helpers.ts';
import { batchUntil, frameOf, writeFrames } from './frames.ts';

const S = 1_000_000;
const START = 1_760_000_000 * S;

async function timesOf(path: string, untilUs = START + 100 * S) {
  const times: { spans: number; atS: number }[] = [];
  for await (const { spans, atUs } of timedBatches(path, untilUs))
    times.push({ spans, atS: (atUs - START) / S });
  return times;
}

test('a batch: its spans, and the end of the last of them to the microsecond', () => {
  expect(batchOf(batchUntil(START + 7, START + 3))).toEqual({ spans: 2, latestEndUs: START + 7 });
  expect(batchOf(Buffer.alloc(0))).toEqual({ spans: 0, latestEndUs: 0 });
  expect(() => batchOf(Buffer.from([10, 200, 1]))).toThrow();
});

test('batches come in the order of the file, when their last span has ended, never before those ahead of them', async () => {
  const path = join(await temporaryFolder(), 'recording.otlp.zst');
  writeFrames(path, [
    batchUntil(START + 2 * S, START + 1 * S),
    batchUntil(),
    batchUntil(START + 1 * S),
    batchUntil(START + 5 * S),
    batchUntil(START + 3 * S, START + 4 * S),
  ]);
  expect(await timesOf(path)).toEqual([
    { spans: 2, atS: 2 },
    { spans: 1, atS: 2 },
    { spans: 1, atS: 5 },
    { spans: 2, atS: 5 },
  ]);
});

test('a span of a machine whose clock is ahead does not hold up all that follow', async () => {
  const path = join(await temporaryFolder(), 'recording.otlp.zst');
  writeFrames(path, [batchUntil(START + S), batchUntil(START + 3600 * S), batchUntil(START + 2 * S)]);
  expect((await timesOf(path, START + 10 * S)).map(({ atS }) => atS)).toEqual([1, 10, 10]);
});

test('a file that ends within a frame: what is whole is sent', async () => {
  const path = join(await temporaryFolder(), 'recording.otlp.zst');
  writeFrames(path, [batchUntil(START)]);
  appendFileSync(path, frameOf(batchUntil(START)).subarray(0, 9));
  expect(await timesOf(path)).toEqual([{ spans: 1, atS: 0 }]);
});

test('frames in chunks are those that come in one go, whatever their size', async () => {
  const path = join(await temporaryFolder(), 'recording.otlp.zst');
  // Random bytes do not shrink: two of these are more than is read at a time, and one alone is too.
  const large = (megabytes: number) =>
    Buffer.from(Uint8Array.from({ length: megabytes * 1e6 }, (_, index) => (index * 2_654_435_761) >>> 13));
  writeFrames(path, [Buffer.from('a'), large(0.3), large(0.4), large(1.2), Buffer.from('b')]);
  const read = async (take: (reader: FrameReader) => Promise<Buffer[]>) => {
    const reader = new FrameReader(path);
    try {
      return (await take(reader)).map((frame) => frame.length);
    } finally {
      await reader.close();
    }
  };
  const inChunks = await read(async (reader) => {
    const frames: Buffer[] = [];
    for await (const chunk of reader.chunks()) frames.push(...chunk);
    return frames;
  });
  const atOnce = await read(async (reader) => {
    const frames: Buffer[] = [];
    expect(await reader.read((frame) => frames.push(frame))).toBe(0);
    return frames;
  });
  expect(inChunks).toEqual([1, 300_000, 400_000, 1_200_000, 1]);
  expect(atOnce).toEqual(inChunks);
});
