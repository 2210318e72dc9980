import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../harness/errors.ts';
import { parseTraces, readTraceFile, type TraceFormat } from '../../harness/trace-file/read.ts';
import { exerciseText } from '../analysis/bottlenecks/exercise.ts';

const read = (value: unknown) => parseTraces(JSON.stringify(value), 'f.json');
const otlp = (span: object, resource: object = {}) => ({
  resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }],
});
const SPAN = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: '00000000000000a1',
  startTimeUnixNano: '1700000000000000999',
  endTimeUnixNano: '1700000000000002000',
};
const UI_SPAN = {
  traceID: 'ab',
  spanID: 'c1',
  operationName: 'op',
  startTime: 10,
  duration: 5,
  processID: 'p1',
};
const ui = (...spans: readonly object[]) => ({
  data: [{ spans, processes: { p1: { serviceName: 'shop', tags: [{ key: 'ip', value: '10.0.0.1' }] } } }],
});

describe('a file with traces', () => {
  it.each<TraceFormat>(['OTLP JSON', 'Jaeger API v3 JSON', 'Jaeger UI export'])('is read as %s', (format) => {
    const reference = parseTraces(exerciseText('OTLP JSON'), 'f').spans;
    const { format: told, spans } = parseTraces(exerciseText(format), 'f');
    expect(told).toBe(format);
    const essence = (rows: typeof spans) =>
      rows
        .map(({ span_id, parent_id, service, name, kind, start_us, end_us, peer_service, db_system }) =>
          [span_id, parent_id, service, name, kind, start_us, end_us, peer_service, db_system].join(' '),
        )
        .sort();
    expect(essence(spans)).toEqual(essence(reference));
    expect(spans).toHaveLength(13);
  });

  it('may hold several documents, as the file exporter of the Collector writes them', () => {
    const line = JSON.stringify(otlp(SPAN));
    expect(parseTraces(`${line}\n${line}\n`, 'f').spans).toHaveLength(2);
    expect(parseTraces(`\ufeff${line}`, 'f').spans).toHaveLength(1);
  });

  it('has times to the microsecond, and ids however they are written', () => {
    const [span] = read(otlp(SPAN)).spans;
    expect([span?.start_us, span?.end_us]).toEqual([1_700_000_000_000_000, 1_700_000_000_000_002]);
    const base64 = { ...SPAN, traceId: 'CvdlGRbNQ92ESOshHIAxnA==', spanId: 'AAAAAAAAAKE=' };
    const [other] = read(otlp(base64)).spans;
    expect([other?.trace_id, other?.span_id]).toEqual([SPAN.traceId, SPAN.spanId]);
    expect(read(ui(UI_SPAN)).spans[0]?.trace_id).toBe('ab'.padStart(32, '0'));
  });

  it('has kinds and states by number or by name, and attributes of every type', () => {
    const attributes = [
      { key: 'http.response.status_code', value: { intValue: '503' } },
      { key: 'list', value: { arrayValue: { values: [{ boolValue: true }, { doubleValue: 0.5 }] } } },
    ];
    const named = {
      ...SPAN,
      kind: 'SPAN_KIND_CLIENT',
      status: { code: 'STATUS_CODE_ERROR', message: 'no' },
      attributes,
    };
    const [span] = read(otlp(named)).spans;
    expect(span).toMatchObject({ kind: 'client', status: 'error', status_message: 'no', http_status: 503 });
    expect(JSON.parse(span?.attributes ?? '')).toMatchObject({ list: [true, 0.5] });
    expect(read(otlp({ ...SPAN, kind: 5, status: { code: 1 } })).spans[0]).toMatchObject({
      kind: 'consumer',
      status: 'ok',
    });
    expect(read(otlp({ ...SPAN, kind: 99, status: null })).spans[0]).toMatchObject({
      kind: 'unspecified',
      status: 'unset',
    });
    const tags = [
      { key: 'span.kind', value: 'server' },
      { key: 'error', value: true },
    ];
    expect(read(ui({ ...UI_SPAN, tags })).spans[0]).toMatchObject({ kind: 'server', status: 'error' });
  });

  it('says who is a parent, and who is only followed', () => {
    const parent = (references: readonly object[], more = {}) => {
      const [span] = read(ui({ ...UI_SPAN, references, ...more })).spans;
      return [span?.parent_id, span?.follows_only];
    };
    const id = (text: string) => text.padStart(16, '0');
    const childOf = { refType: 'CHILD_OF', traceID: 'ab', spanID: 'b1' };
    const follows = { refType: 'FOLLOWS_FROM', traceID: 'ab', spanID: 'b2' };
    expect(parent([])).toEqual([null, false]);
    expect(parent([follows, childOf])).toEqual([id('b1'), false]);
    expect(parent([follows])).toEqual([id('b2'), true]);
    expect(parent([{ ...follows, traceID: 'other' }])).toEqual([null, false]);
    expect(parent([], { parentSpanID: 'b3' })).toEqual([id('b3'), false]);
    const linked = { ...SPAN, parentSpanId: '00000000000000b1', links: [{ spanId: '00000000000000b1' }] };
    expect(read(otlp(linked)).spans[0]).toMatchObject({ parent_id: '00000000000000b1', follows_only: true });
    expect(read(otlp({ ...SPAN, parentSpanId: '0000000000000000' })).spans[0]?.parent_id).toBeNull();
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /^f\.json is empty\. Allowed are OTLP JSON/],
    ['no JSON', '{"resourceSpans": [', /^f\.json is not JSON: /],
    ['other JSON', '{"spans": []}', /^f\.json is no trace that can be read\. Allowed/],
    ['a list', '[{"traceId": "1"}]', /no trace that can be read/],
    [
      'an answer that failed',
      '{"data": null, "errors": [{"msg": "not found"}]}',
      /no trace that can be read/,
    ],
    ['no span', '{"resourceSpans": []}', /^f\.json \(OTLP JSON\) holds no span$/],
    ['no span of the UI', '{"data": []}', /\(Jaeger UI export\) holds no span$/],
    [
      'a span without a start',
      JSON.stringify(otlp({ ...SPAN, startTimeUnixNano: undefined })),
      /^f\.json is no OTLP JSON: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.startTimeUnixNano: /,
    ],
    [
      'a start that is none',
      JSON.stringify(otlp({ ...SPAN, startTimeUnixNano: '12.5' })),
      /must be nanoseconds/,
    ],
    [
      'a span without an id',
      JSON.stringify(otlp({ ...SPAN, spanId: '' })),
      /spans\[0\]\.spanId: must not be empty/,
    ],
    [
      'a duration that is none',
      JSON.stringify(ui({ ...UI_SPAN, duration: 'long' })),
      /data\[0\]\.spans\[0\]\.duration: /,
    ],
    [
      'a wrong second document',
      `${JSON.stringify(otlp(SPAN))}\n{"resourceSpans": 1}`,
      /^f\.json, document 2 is no OTLP JSON: resourceSpans: /,
    ],
  ])('that has %s is refused in one line', (_what, text, message) => {
    expect(() => parseTraces(text, 'f.json')).toThrow(UserError);
    expect(() => parseTraces(text, 'f.json')).toThrow(message);
    try {
      parseTraces(text, 'f.json');
    } catch (error) {
      expect(String(error)).not.toContain('\n');
    }
  });
});

describe('on disk', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chaoscope-trace-file-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is read, or refused when it is not there or a folder', async () => {
    const path = join(folder, 'trace.json');
    await writeFile(path, exerciseText('Jaeger UI export'));
    expect((await readTraceFile(path)).spans).toHaveLength(13);
    await expect(readTraceFile(join(folder, 'none.json'))).rejects.toThrow(/none\.json is no readable file/);
    await expect(readTraceFile(folder)).rejects.toThrow(/is no readable file/);
  });
});
