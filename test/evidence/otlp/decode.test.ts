import protobuf from 'protobufjs/minimal.js';
import { describe, expect, test } from 'vitest';
import { idWords, spansOf } from '../../../harness/evidence/otlp/json.ts';
import { decodeTraces } from '../../../harness/evidence/otlp/proto.ts';
import type { DecodedSpan } from '../../../harness/evidence/otlp/span.ts';
import { type AttributeInput, encodeTraces, type SpanBytes } from './encode.ts';

const SPAN: SpanBytes = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentId: 'fffefdfc00000001',
  name: 'GET /ä €',
  kind: 3,
  startNs: 1_760_000_000_123_456_789n,
  endNs: 1_760_000_000_123_457_000n,
  attributes: [],
  statusCode: 2,
  statusMessage: 'broken "here"\n',
};

function decode(
  span: Partial<SpanBytes> = {},
  resource: AttributeInput[] = [['service.name', 'shop']],
): DecodedSpan {
  const spans: DecodedSpan[] = [];
  decodeTraces(encodeTraces(resource, [{ ...SPAN, ...span }]), (decoded) => spans.push(decoded));
  expect(spans).toHaveLength(1);
  return spans[0] as DecodedSpan;
}

const attributesOf = (attributes: AttributeInput[]) => decode({ attributes }).attributes;
const columnsOf = (attributes: AttributeInput[]) => {
  const { httpRoute, httpStatus, urlPath, peerService, dbSystem } = decode({ attributes }).columns;
  return { httpRoute, httpStatus, urlPath, peerService, dbSystem };
};
const NONE = { httpRoute: null, httpStatus: null, urlPath: null, peerService: null, dbSystem: null };

test('ids, name, kind, status and resource', () => {
  expect(decode()).toMatchObject({
    traceId: [0x0af76519, 0x16cd43dd, 0x8448eb21, 0x1c80319c],
    spanId: [0xb7ad6b71, 0x69203331],
    parentId: [0xfffefdfc, 1],
    resource: { service: 'shop', json: '{"service.name":"shop"}' },
    name: 'GET /ä €',
    kind: 3,
    status: 2,
    statusMessage: 'broken "here"\n',
    events: '',
  });
});

test('nanoseconds become whole microseconds, exactly', () => {
  expect(decode()).toMatchObject({ startUs: 1_760_000_000_123_456, endUs: 1_760_000_000_123_457 });
  for (const ns of [0n, 999n, 1000n, 4_294_967_295n, 4_294_967_296n, 2n ** 62n + 999n]) {
    expect(decode({ startNs: ns }).startUs).toBe(Number(ns / 1000n));
  }
});

test('a span without parent, status and attributes', () => {
  const span = decode({ parentId: '', statusCode: 0, statusMessage: '' });
  expect(span).toMatchObject({ parentId: [0, 0], status: 0, statusMessage: null, attributes: '{}' });
});

describe('attributes as JSON', () => {
  test('texts are escaped, and whole doubles stay different from integers', () => {
    const attributes: AttributeInput[] = [
      ['text', 'a "quoted"\\\u0001 \ud83d\ude00'],
      ['int', 2n ** 60n],
      ['negative', -7n],
      ['whole', 3],
      ['double', 0.1],
      ['nan', Number.NaN],
      ['true', true],
      ['list', [1n, 'x', [true]]],
      ['bytes', Buffer.from([0, 255])],
      ['key "with" quotes', 'v'],
    ];
    const json = attributesOf(attributes);
    expect(json).toContain('"int":1152921504606846976,"negative":-7,"whole":3.0,"double":0.1,"nan":"NaN"');
    expect(JSON.parse(json)).toMatchObject({
      text: 'a "quoted"\\\u0001 \ud83d\ude00',
      true: true,
      list: [1, 'x', [true]],
      bytes: 'AP8=',
      'key "with" quotes': 'v',
    });
  });

  test('the same key with other values is not mixed up, however often it comes', () => {
    for (let round = 0; round < 3; round++) {
      for (let value = 0n; value < 300n; value++) {
        expect(attributesOf([['n', value]])).toBe(`{"n":${value}}`);
      }
    }
  });

  test('a value that is longer than what is cached', () => {
    const long = 'x'.repeat(1000);
    expect(JSON.parse(attributesOf([['stack', long]]))).toEqual({ stack: long });
  });
});

describe('columns', () => {
  test('of current conventions', () => {
    const attributes: AttributeInput[] = [
      ['http.route', '/products/:id'],
      ['http.response.status_code', 503n],
      ['url.path', '/products/7'],
      ['peer.service', 'inventory'],
      ['db.system.name', 'postgresql'],
    ];
    expect(columnsOf(attributes)).toEqual({
      httpRoute: '/products/:id',
      httpStatus: 503,
      urlPath: '/products/7',
      peerService: 'inventory',
      dbSystem: 'postgresql',
    });
  });

  test('of their predecessors, which lose against current ones in any order', () => {
    const old: AttributeInput[] = [
      ['http.status_code', 404n],
      ['http.target', '/old?x=1'],
      ['db.system', 'mysql'],
    ];
    expect(columnsOf(old)).toEqual({ ...NONE, httpStatus: 404, urlPath: '/old', dbSystem: 'mysql' });
    const now: AttributeInput[] = [
      ['http.response.status_code', 200n],
      ['url.path', '/new'],
      ['db.system.name', 'postgresql'],
    ];
    const expected = { ...NONE, httpStatus: 200, urlPath: '/new', dbSystem: 'postgresql' };
    expect(columnsOf([...old, ...now])).toEqual(expected);
    expect(columnsOf([...now, ...old])).toEqual(expected);
  });

  test.each([
    ['http://127.0.0.1:21000/a/b?c=d#e', '/a/b'],
    ['http://127.0.0.1:21000', '/'],
    ['https://x?y', '/'],
    ['/relative#f', '/relative'],
  ])('the path of url.full %s', (url, path) => {
    expect(columnsOf([['url.full', url]]).urlPath).toBe(path);
  });

  test('a status that is none', () => {
    expect(columnsOf([['http.status_code', 'abc']]).httpStatus).toBeNull();
    expect(columnsOf([['http.status_code', 100_000n]]).httpStatus).toBeNull();
  });
});

test('events with their attributes', () => {
  const span = decode({
    events: [
      { name: 'exception', atNs: 1_760_000_000_000_001_000n, attributes: [['exception.message', 'no']] },
      { name: 'b', atNs: 0n, attributes: [] },
    ],
  });
  expect(JSON.parse(span.events)).toEqual([
    { name: 'exception', atUs: 1_760_000_000_000_001, attributes: { 'exception.message': 'no' } },
    { name: 'b', atUs: 0, attributes: {} },
  ]);
});

test('a resource that stands behind its spans is found all the same', () => {
  const writer = protobuf.Writer.create();
  const whole = encodeTraces([['service.name', 'late']], [SPAN]);
  const reader = protobuf.Reader.create(whole);
  reader.uint32();
  const inner = protobuf.Reader.create(reader.bytes());
  const parts: [number, Uint8Array][] = [];
  while (inner.pos < inner.len) parts.push([inner.uint32(), inner.bytes()]);
  writer.uint32(10).fork();
  for (const [tag, bytes] of parts.reverse()) writer.uint32(tag).bytes(bytes);
  writer.ldelim();
  const spans: DecodedSpan[] = [];
  decodeTraces(Buffer.from(writer.finish()), (span) => spans.push(span));
  expect(spans.map(({ resource }) => resource.service)).toEqual(['late']);
});

test('bytes that are no OTLP throw', () => {
  expect(() => decodeTraces(Buffer.from([10, 200, 1, 3]), () => undefined)).toThrow();
});

describe('OTLP/JSON', () => {
  test('gives the same span as protobuf', () => {
    const attributes: AttributeInput[] = [
      ['http.route', '/r'],
      ['n', 5n],
      ['d', 2],
      ['b', false],
      ['list', ['x', 1n]],
    ];
    const [span] = spansOf({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: SPAN.traceId,
                  spanId: SPAN.spanId,
                  parentSpanId: SPAN.parentId,
                  name: SPAN.name,
                  kind: 'SPAN_KIND_CLIENT',
                  startTimeUnixNano: String(SPAN.startNs),
                  endTimeUnixNano: String(SPAN.endNs),
                  attributes: [
                    { key: 'http.route', value: { stringValue: '/r' } },
                    { key: 'n', value: { intValue: '5' } },
                    { key: 'd', value: { doubleValue: 2 } },
                    { key: 'b', value: { boolValue: false } },
                    {
                      key: 'list',
                      value: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: 1 }] } },
                    },
                    { key: '@jaeger@warnings', value: { stringValue: 'a remark of Jaeger' } },
                  ],
                  status: { code: 'STATUS_CODE_ERROR', message: SPAN.statusMessage },
                },
              ],
            },
          ],
        },
      ],
    });
    const { columns, traceState, ...rest } = decode({ attributes });
    expect(span).toMatchObject(rest);
    expect([traceState, span?.traceState]).toEqual(['vendor=state', null]);
    expect(span?.columns).toMatchObject({ httpRoute: columns.httpRoute, httpStatus: null });
  });

  test('ids in hex and in base64, and none', () => {
    const hex = '0af7651916cd43dd8448eb211c80319c';
    const words = [0x0af76519, 0x16cd43dd, 0x8448eb21, 0x1c80319c];
    expect(idWords(hex, 4)).toEqual(words);
    expect(idWords(hex.toUpperCase(), 4)).toEqual(words);
    expect(idWords(Buffer.from(hex, 'hex').toString('base64'), 4)).toEqual(words);
    expect(idWords('', 2)).toEqual([]);
    expect(idWords(undefined, 2)).toEqual([]);
    expect(idWords('abc', 2)).toEqual([]);
  });
});
