import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SpanRow } from '../../harness/contracts.ts';
import { encodeSpans } from '../../harness/evidence/otlp/encode.ts';
import { decodeTraces } from '../../harness/evidence/otlp/proto.ts';
import type { DecodedSpan } from '../../harness/evidence/otlp/span.ts';
import { rebuiltBatches } from '../../harness/replay/rebuilt.ts';
import { type FixtureRun, makeRun, type RunSpec, START_US } from '../evidence/fixture.ts';

let run: FixtureRun | undefined;
afterEach(() => run?.remove());

async function batchesOf(spec: RunSpec = {}) {
  run = await makeRun(spec);
  const batches = [];
  for await (const { message, spans, atUs } of rebuiltBatches(run.folder, join(run.folder, 'spill'))) {
    const decoded: DecodedSpan[] = [];
    decodeTraces(message, (span) => decoded.push(span));
    batches.push({ atUs, spans, decoded });
  }
  return batches;
}

const hex = (words: readonly number[]) => words.map((word) => word.toString(16).padStart(8, '0')).join('');

test('a span comes out as it went in', () => {
  const span: SpanRow = {
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    span_id: 'b7ad6b7169203331',
    parent_id: '00f067aa0ba902b7',
    service: 'shop',
    name: 'größe',
    kind: 'client',
    start_us: 1_760_000_000_123_456,
    end_us: 1_760_000_001_000_001,
    status: 'error',
    status_message: 'no',
    http_route: null,
    http_status: null,
    url_path: null,
    peer_service: null,
    db_system: null,
    attributes: '{"a":"x","b":true,"n":-5,"d":1.5,"l":["x",2],"m":{"k":null},"":"empty"}',
    events: '[{"name":"exception","atUs":1760000000500000,"attributes":{"exception.type":"E"}}]',
    resource: '{"service.name":"shop","n":7}',
    trace_state: 'vendor=1',
  };
  const other = { ...span, span_id: '00f067aa0ba902b7', parent_id: null, status_message: null, events: '[]' };
  const decoded: DecodedSpan[] = [];
  decodeTraces(encodeSpans([span, { ...other, trace_state: null }]), (each) => decoded.push(each));
  expect(decoded).toHaveLength(2);
  expect(decoded[0]).toMatchObject({
    resource: { service: 'shop', json: span.resource },
    traceState: 'vendor=1',
    name: 'größe',
    kind: 3,
    startUs: span.start_us,
    endUs: span.end_us,
    status: 2,
    statusMessage: 'no',
    attributes: span.attributes,
    events: span.events,
  });
  expect(hex(decoded[0]?.traceId ?? [])).toBe(span.trace_id);
  expect(hex(decoded[0]?.spanId ?? [])).toBe(span.span_id);
  expect(hex(decoded[0]?.parentId ?? [])).toBe(span.parent_id);
  expect(decoded[1]).toMatchObject({ traceState: '', statusMessage: null, events: '', parentId: [0, 0] });
});

test('every recorded span goes out once, in order of time, no batch before its spans have ended', async () => {
  const batches = await batchesOf();
  const ids = batches.flatMap(({ decoded }) => decoded.map(({ spanId }) => hex(spanId)));
  expect(ids.toSorted()).toEqual(run?.tables.recording.map(({ span_id }) => span_id).toSorted());
  expect(batches.map(({ atUs }) => atUs)).toEqual(batches.map(({ atUs }) => atUs).toSorted((a, b) => a - b));
  for (const { atUs, spans, decoded } of batches) {
    expect(spans).toBe(decoded.length);
    expect(new Set(decoded.map(({ resource }) => resource.service)).size).toBe(1);
    for (const { endUs } of decoded) {
      expect(endUs).toBeLessThan(atUs);
      expect(endUs).toBeGreaterThanOrEqual(atUs - 1_000_000);
    }
  }
});

test('at most 512 spans a batch, as an SDK exports', async () => {
  const batches = await batchesOf({
    requests: Array.from({ length: 1100 }, () => ({ route: 'health', phase: 'baseline', atMs: 5 }) as const),
  });
  expect(batches.map(({ spans }) => spans)).toEqual([512, 512, 76]);
  expect(new Set(batches.map(({ atUs }) => atUs)).size).toBe(1);
  expect(batches[0]?.atUs).toBeGreaterThan(START_US);
});

test('an empty recording', async () => {
  expect(
    await batchesOf({
      mutate: ({ recording }) => {
        recording.length = 0;
      },
    }),
  ).toEqual([]);
});
