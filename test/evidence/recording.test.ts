import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../harness/errors.ts';
import { parquetPath } from '../../harness/evidence/parquet.ts';
import { queryRows } from '../../harness/evidence/query.ts';
import { RecordingGatherer } from '../../harness/evidence/recording.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';
import { encodeTraces } from './otlp/encode.ts';

let folder: string;
let file: string;
let evidence: EvidenceWriter;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaoscope-recording-'));
  file = join(folder, 'recording.otlp.zst');
  evidence = await EvidenceWriter.create(folder);
});

afterEach(() => {
  evidence.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A frame with `count` spans, the first of which has the number `first`. */
function frame(first: number, count: number): Buffer {
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId: (first + index + 1).toString(16).padStart(32, '0'),
    spanId: (first + index + 1).toString(16).padStart(16, '0'),
    parentId: '',
    name: `span ${first + index}`,
    kind: 2,
    startNs: 1_760_000_000_000_000_000n,
    endNs: 1_760_000_000_001_000_000n,
    attributes: [],
    statusCode: 0,
    statusMessage: '',
  }));
  const block = zstdCompressSync(encodeTraces([['service.name', 'shop']], spans));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(block.length);
  return Buffer.concat([length, block]);
}

async function gather() {
  const gatherer = await RecordingGatherer.create(evidence, file);
  return gatherer.finish();
}

async function storedSpans(): Promise<number> {
  const path = parquetPath(folder, 'recording');
  const [row] = await queryRows<{ spans: number }>(
    evidence.connection,
    `SELECT count(DISTINCT span_id) AS spans FROM read_parquet('${path}')`,
  );
  return row?.spans ?? -1;
}

test('reads all frames, more spans than fit into a chunk', async () => {
  writeFileSync(file, Buffer.concat([frame(0, 3000), frame(3000, 1), frame(3001, 2500)]));
  expect(await gather()).toEqual({ spans: 5501, doubts: [] });
  expect(await storedSpans()).toBe(5501);
  const [row] = await queryRows(
    evidence.connection,
    `SELECT * FROM read_parquet('${parquetPath(folder, 'recording')}') WHERE name = 'span 3000'`,
  );
  expect(row).toEqual({
    arrival: 3000,
    trace_id: (3001).toString(16).padStart(32, '0'),
    span_id: (3001).toString(16).padStart(16, '0'),
    parent_id: null,
    service: 'shop',
    name: 'span 3000',
    kind: 'server',
    start_us: 1_760_000_000_000_000,
    end_us: 1_760_000_000_001_000,
    status: 'unset',
    status_message: null,
    http_route: null,
    http_status: null,
    url_path: null,
    peer_service: null,
    db_system: null,
    attributes: '{}',
    events: '[]',
    resource: '{"service.name":"shop"}',
    trace_state: 'vendor=state',
  });
});

test('follows a file that appears and grows, also in the middle of a frame', async () => {
  const gatherer = await RecordingGatherer.create(evidence, file);
  gatherer.follow();
  const second = frame(10, 10);
  writeFileSync(file, frame(0, 10));
  await expect.poll(() => gatherer.spans, { timeout: 5000 }).toBe(10);
  appendFileSync(file, second.subarray(0, 7));
  appendFileSync(file, second.subarray(7));
  await expect.poll(() => gatherer.spans, { timeout: 5000 }).toBe(20);
  appendFileSync(file, frame(20, 5));
  expect(await gatherer.finish()).toEqual({ spans: 25, doubts: [] });
  expect(await storedSpans()).toBe(25);
});

test('a frame that is cut off at the end is a doubt, the rest is read', async () => {
  const last = frame(10, 10);
  writeFileSync(file, Buffer.concat([frame(0, 10), last.subarray(0, last.length - 5)]));
  const { spans, doubts } = await gather();
  expect(spans).toBe(10);
  expect(doubts).toEqual([expect.stringContaining(`ends within a frame (${last.length - 5} bytes)`)]);
  expect(await storedSpans()).toBe(10);
});

test('a length that is cut off is a doubt as well', async () => {
  writeFileSync(file, Buffer.concat([frame(0, 10), Buffer.from([0, 0])]));
  expect((await gather()).doubts).toHaveLength(1);
});

test('an empty file is an empty recording', async () => {
  writeFileSync(file, '');
  expect(await gather()).toEqual({ spans: 0, doubts: [] });
  expect(await storedSpans()).toBe(0);
});

test.each([
  ['zstd', (bytes: Buffer) => bytes.fill(7, 10, 20)],
  ['claims to be', (bytes: Buffer) => bytes.fill(0xff, 0, 4)],
])('a corrupt frame is an error with its place (%s)', async (message, spoil) => {
  const good = frame(0, 10);
  const bad = frame(10, 50);
  spoil(bad);
  writeFileSync(file, Buffer.concat([good, bad, frame(60, 10)]));
  const error = await gather().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toContain(`frame at byte ${good.length}: corrupt`);
  expect((error as Error).message).toContain(message);
});

test('a frame that is zstd but no OTLP is corrupt', async () => {
  const block = zstdCompressSync(Buffer.from([10, 200, 1, 3]));
  writeFileSync(file, Buffer.concat([Buffer.from([0, 0, 0, block.length]), block]));
  await expect(gather()).rejects.toThrow('not readable as OTLP');
});

test('an error while following is told by finish', async () => {
  writeFileSync(file, Buffer.from([0, 0, 0, 1, 9]));
  const gatherer = await RecordingGatherer.create(evidence, file);
  gatherer.follow();
  await expect(gatherer.finish()).rejects.toThrow('corrupt');
});

test('no file at all is an error', async () => {
  await expect(gather()).rejects.toThrow('has written no recording');
});

test('a recording that is let go of is not followed any longer', async () => {
  writeFileSync(file, frame(0, 3));
  const gatherer = await RecordingGatherer.create(evidence, file);
  gatherer.follow();
  await gatherer[Symbol.asyncDispose]();
  const seen = gatherer.spans;
  appendFileSync(file, frame(3, 4));
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(gatherer.spans).toBe(seen);
});
