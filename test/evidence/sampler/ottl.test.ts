import { describe, expect, test } from 'vitest';
import { goNanoseconds } from '../../../harness/evidence/sampler/go-duration.ts';
import { parseOttl } from '../../../harness/evidence/sampler/ottl-parser.ts';
import { CannotPredict } from '../../../harness/evidence/sampler/settings.ts';
import { only, type SpanInput } from './predict.ts';

const policy = (...span: string[]) => ({ name: 'ottl', type: 'ottl_condition', ottl_condition: { span } });
const holds = (condition: string, ...spans: SpanInput[]) => only([policy(condition)], ...spans);
const KEEP = 'keep by ottl';

test.each<readonly [string, SpanInput]>([
  ['name == "GET /x"', { name: 'GET /x' }],
  ['span.name != "x"', {}],
  ['kind == SPAN_KIND_SERVER and kind.string == "Server"', {}],
  ['3 == kind', { kind: 'client' }],
  ['status.code == STATUS_CODE_ERROR', { status: 'error' }],
  ['status.message == ""', {}],
  ['attributes["http.response.status_code"] >= 500', { attributes: { 'http.response.status_code': 503 } }],
  ['attributes["x"] > 1.5', { attributes: { x: 2 } }],
  ['attributes["x"] == true', { attributes: { x: true } }],
  ['attributes["x"] == nil', {}],
  ['attributes["x"] == nil', { attributes: { x: null } }],
  ['attributes["x"] != nil', { attributes: { x: '' } }],
  ['attributes["x"] != "a"', {}],
  ['resource.attributes["service.name"] == "pay"', { resource: { 'service.name': 'pay' } }],
  ['IsMatch(name, "^GET ")', { name: 'GET /x' }],
  ['IsMatch(attributes["x"], "^5")', { attributes: { x: 503 } }],
  ['not IsMatch(attributes["x"], ".*")', {}],
  ['IsRootSpan()', {}],
  ['trace_state == "a=b"', { traceState: 'a=b' }],
  ['(name == "a" or name == "b") and not (kind == 1)', { name: 'b' }],
  ['true == attributes["x"] or false', { attributes: { x: true } }],
  ['end_time_unix_nano - start_time_unix_nano > 1000000000', { toMs: 1001 }],
  ['(end_time - start_time) >= Duration("1.5s")', { toMs: 1501 }],
])('%s', async (condition, span) => {
  expect(await holds(condition, span)).toBe(KEEP);
  expect(await holds(`not (${condition})`, span)).toBe('drop');
});

test('any condition, for any span', async () => {
  expect(await only([policy('name == "a"', 'name == "b"')], { name: 'x' }, { name: 'b' })).toBe(KEEP);
  expect(await only([policy('name == "a"', 'name == "b"')], { name: 'x' })).toBe('drop');
  // Both parts must hold for one span.
  const both = 'name == "a" and kind == SPAN_KIND_CLIENT';
  expect(await holds(both, { name: 'a' }, { kind: 'client' })).toBe('drop');
});

describe('types that do not fit', () => {
  test.each([
    ['attributes["x"] == "5"', 5],
    ['attributes["x"] < "6"', 5],
    ['attributes["x"] == 5', '5'],
    ['attributes["x"] >= nil', 5],
    ['attributes["x"] == true', 'true'],
    ['name == 5', 5],
    ['kind == "Server"', 5],
  ])('%s with %j does not hold', async (condition, x) => {
    expect(await holds(condition, { attributes: { x } })).toBe('drop');
  });
  test('but they are unequal, and nothing compares with what is absent', async () => {
    expect(await holds('attributes["x"] != 5', { attributes: { x: '5' } })).toBe(KEEP);
    expect(await holds('attributes["x"] < 5', {})).toBe('drop');
    expect(await holds('attributes["x"] >= 5', {})).toBe('drop');
  });
});

describe('what the evidence leaves open', () => {
  test('a double or a list as a text', async () => {
    const condition = 'IsMatch(attributes["x"], "1")';
    expect(await holds(condition, { attributes: '{"x":1.0}' })).toBe('unknown');
    expect(await holds(condition, { attributes: { x: [1] } })).toBe('unknown');
    // Another span decides, whatever that one is.
    expect(await holds(condition, { attributes: { x: [1] } }, { attributes: { x: '1' } })).toBe(KEEP);
  });
  test.each([
    ['>', 999.999, 'drop'],
    ['>', 1000, 'unknown'],
    ['>', 1000.001, KEEP],
    ['>=', 999.999, 'drop'],
    ['>=', 1000, 'unknown'],
    ['<', 999.999, KEEP],
    ['<', 1000, 'unknown'],
    ['<', 1000.001, 'drop'],
    ['<=', 999.999, KEEP],
    ['<=', 1000, 'unknown'],
    ['==', 1000, 'unknown'],
    ['==', 1000.001, 'drop'],
    ['!=', 1000.001, KEEP],
    ['!=', 1000, 'unknown'],
  ])('a duration %s 1 s of %f ms: %s', async (operator, toMs, decision) => {
    expect(await holds(`end_time - start_time ${operator} Duration("1s")`, { toMs })).toBe(decision);
  });
  test('the trace state of earlier recordings', async () => {
    expect(await holds('trace_state == ""', { traceState: null })).toBe('unknown');
  });
});

test.each([
  'attributes["a"] == attributes["b"]',
  'attributes["a"]["b"] == 1',
  'attributes["a"] == 0x0f',
  'attributes["a"] == 1 + 2',
  'attributes["a"] == "\\d"',
  'attributes["a"] == 9223372036854775808',
  'attributes["a"] == -SPAN_KIND_SERVER',
  'attributes["a"] == SPAN_KIND_OTHER',
  'attributes["a"] == [1]',
  'attributes',
  'name',
  'name == ',
  'name = "x"',
  '(name == "x"',
  'name == "x")',
  'not not true',
  'name == "x" where true',
  'HasPrefix(name, "x")',
  'IsMatch(name, "(?=x)")',
  'IsMatch(name, name)',
  'IsMatch("x", "x")',
  'IsMatch(name, "x") == true',
  'instrumentation_scope.name == "x"',
  'start_time_unix_nano > 5',
  'start_time_unix_nano - end_time_unix_nano > 5',
  'end_time - start_time > 5',
  'end_time_unix_nano - start_time_unix_nano > Duration("5s")',
  'end_time - start_time > Duration("soon")',
  '1 == 1',
  '',
])('outside of the subset: %s', (condition) => {
  expect(() => parseOttl(condition)).toThrow(CannotPredict);
});

test.each([
  ['0', 0n],
  ['1.5s', 1_500_000_000n],
  ['-2ms', -2_000_000n],
  ['1h2m3.004s', 3_723_004_000_000n],
  ['.5µs', 500n],
  ['1', undefined],
  ['1 s', undefined],
  ['', undefined],
  ['1.2345s', undefined],
])('duration %j', (text, nanoseconds) => {
  expect(goNanoseconds(text)).toBe(nanoseconds);
});
