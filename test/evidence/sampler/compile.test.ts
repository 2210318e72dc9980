import { describe, expect, test } from 'vitest';
import { TABLES } from '../../../harness/evidence/tables.ts';
import { only, predict, type SpanInput } from './predict.ts';

const always = { name: 'always', type: 'always_sample' };
const errors = { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } };
const odd = { name: 'odd', type: 'rate_limiting', rate_limiting: { spans_per_second: 5 } };
const text = (settings: object) => ({
  name: 'text',
  type: 'string_attribute',
  string_attribute: { key: 'k', ...settings },
});
const dropOf = (...of: object[]) => ({ name: 'drop', type: 'drop', drop: { drop_sub_policy: of } });

describe('precedence', () => {
  test('no policy keeps it: dropped by none', async () => {
    expect(await only([errors], {})).toBe('drop');
    expect(await only([], {})).toBe('drop');
  });
  test('the first policy that keeps it is named', async () => {
    expect(await only([errors, always], { status: 'error' })).toBe('keep by errors');
    expect(await only([errors, always], {})).toBe('keep by always');
  });
  test('drop wins wherever it stands, if all of its parts hold', async () => {
    expect(await only([always, dropOf(errors)], { status: 'error' })).toBe('drop by drop');
    expect(await only([always, dropOf(errors, text({ values: ['x'] }))], { status: 'error' })).toBe(
      'keep by always',
    );
  });
  test('what is not understood leaves unknown only what nothing else decides', async () => {
    // Kept for sure, but perhaps by the other one, which comes first.
    expect(await only([odd, errors], { status: 'error' })).toBe('keep');
    expect(await only([errors, odd], { status: 'error' })).toBe('keep by errors');
    expect(await only([odd, errors], {})).toBe('unknown');
    expect(await only([dropOf(errors), odd], { status: 'error' })).toBe('drop by drop');
    expect(await only([dropOf(odd), always], {})).toBe('unknown');
    expect(await only([dropOf(odd), errors], {})).toBe('drop');
    expect(await only([dropOf(odd), { ...dropOf(errors), name: 'other' }], { status: 'error' })).toBe(
      'drop by other',
    );
  });
  test('drop and `and` without parts always hold', async () => {
    expect(await only([always, dropOf()], {})).toBe('drop by drop');
    expect(await only([{ name: 'and', type: 'and', and: {} }], {})).toBe('keep by and');
  });
  test('each trace by itself', async () => {
    expect(
      await predict([errors], [{ trace: 'a', status: 'error' }, { trace: 'b' }, { trace: 'a' }]),
    ).toEqual({
      a: 'keep by errors',
      b: 'drop',
    });
  });
});

describe('string_attribute', () => {
  const span = { attributes: { k: 'abc' } };
  test('exact: any span or resource', async () => {
    expect(await only([text({ values: ['x', 'abc'] })], {}, span)).toBe('keep by text');
    expect(await only([text({ values: ['abc'] })], { resource: { k: 'abc' } })).toBe('keep by text');
    expect(await only([text({ values: ['ab'] })], span)).toBe('drop');
    expect(await only([text({ values: [] })], span)).toBe('drop');
  });
  test('a value of another type is no text', async () => {
    expect(await only([text({ values: ['5'] })], { attributes: { k: 5 } })).toBe('drop');
    expect(await only([text({ values: ['true'] })], { attributes: { k: true } })).toBe('drop');
  });
  test('regular expressions match anywhere in the value', async () => {
    expect(await only([text({ values: ['b'], enabled_regex_matching: true })], span)).toBe('keep by text');
    expect(await only([text({ values: ['^b$', '^a.c$'], enabled_regex_matching: true })], span)).toBe(
      'keep by text',
    );
    expect(await only([text({ values: ['^b'], enabled_regex_matching: true })], span)).toBe('drop');
  });
  test('an empty value matches of a resource only, and only a regular expression', async () => {
    const any = text({ values: ['.*'], enabled_regex_matching: true });
    expect(await only([any], { attributes: { k: '' } })).toBe('drop');
    expect(await only([any], { resource: { k: '' } })).toBe('keep by text');
    expect(await only([text({ values: [''] })], { resource: { k: '' } })).toBe('drop');
  });
  test('inverted: kept if nothing matches, also if nothing has the attribute', async () => {
    const inverted = text({ values: ['abc'], invert_match: true });
    expect(await only([inverted], {}, span)).toBe('drop');
    expect(await only([inverted], { attributes: { k: 'other' } })).toBe('keep by text');
    expect(await only([inverted], {})).toBe('keep by text');
    // It no longer vetoes: what it does not keep, another policy may.
    expect(await only([inverted, always], span)).toBe('keep by always');
  });
  test('keys and values with special characters', async () => {
    const policy = {
      name: 'x',
      type: 'string_attribute',
      string_attribute: { key: 'a.b/c~d"e\'f', values: ["it's"] },
    };
    expect(await only([policy], { attributes: { 'a.b/c~d"e\'f': "it's" } })).toBe('keep by x');
    expect(await only([policy], { attributes: { a: { 'b/c~d"e\'f': "it's" } } })).toBe('drop');
  });
  test('the text of a key inside of a value is not the key', async () => {
    expect(await only([text({ values: ['abc'] })], { attributes: { other: '"k":"abc"' } })).toBe('drop');
  });
});

test('boolean_attribute: another type counts as false', async () => {
  const policy = (value: boolean, invert = false) => ({
    name: 'bool',
    type: 'boolean_attribute',
    boolean_attribute: { key: 'k', value, invert_match: invert },
  });
  expect(await only([policy(true)], { attributes: { k: true } })).toBe('keep by bool');
  expect(await only([policy(true)], { attributes: { k: false } })).toBe('drop');
  expect(await only([policy(true)], { attributes: { k: 'true' } })).toBe('drop');
  expect(await only([policy(false)], { attributes: { k: 'x' } })).toBe('keep by bool');
  expect(await only([policy(false)], {})).toBe('drop');
  expect(await only([policy(true, true)], {})).toBe('keep by bool');
  expect(await only([policy(true, true)], { resource: { k: true } })).toBe('drop');
});

test('numeric_attribute: bounds included, 0 is no bound, another type counts as 0', async () => {
  const policy = (bounds: object) => ({
    name: 'num',
    type: 'numeric_attribute',
    numeric_attribute: { key: 'k', ...bounds },
  });
  const of = (k: unknown) => ({ attributes: { k } });
  expect(await only([policy({ min_value: 400, max_value: 599 })], of(400))).toBe('keep by num');
  expect(await only([policy({ min_value: 400, max_value: 599 })], of(599))).toBe('keep by num');
  expect(await only([policy({ min_value: 400, max_value: 599 })], of(600))).toBe('drop');
  expect(await only([policy({ min_value: 400 })], of(9_000_000))).toBe('keep by num');
  expect(await only([policy({ max_value: 5 })], of(-9_000_000))).toBe('keep by num');
  expect(await only([policy({ max_value: 5 })], of('text'))).toBe('keep by num');
  expect(await only([policy({ min_value: 1, max_value: 9 })], of(5.5))).toBe('drop');
  expect(await only([policy({ min_value: 1, invert_match: true })], of(5))).toBe('drop');
  expect(await only([policy({ min_value: 1, invert_match: true })], {})).toBe('keep by num');
});

test('span_count', async () => {
  const count = (min_spans: number, max_spans = 0) => ({
    name: 'count',
    type: 'span_count',
    span_count: { min_spans, max_spans },
  });
  expect(await only([count(2)], {}, {})).toBe('keep by count');
  expect(await only([count(2)], {})).toBe('drop');
  expect(await only([count(1, 2)], {}, {})).toBe('keep by count');
  expect(await only([count(1, 2)], {}, {}, {})).toBe('drop');
});

test('and, not', async () => {
  const and = (...of: object[]) => ({ name: 'and', type: 'and', and: { and_sub_policy: of } });
  const not = (of: object) => ({ name: 'not', type: 'not', not: { not_sub_policy: of } });
  const span: SpanInput = { status: 'error', attributes: { k: 'abc' } };
  expect(await only([and(errors, text({ values: ['abc'] }))], span)).toBe('keep by and');
  expect(await only([and(errors, text({ values: ['x'] }))], span)).toBe('drop');
  expect(await only([and(errors, not(text({ values: ['x'] })))], span)).toBe('keep by and');
  expect(await only([not(errors)], span)).toBe('drop');
  expect(await only([not(errors)], {})).toBe('keep by not');
  expect(await only([not(odd)], {})).toBe('unknown');
  expect(await only([and(errors, odd)], {})).toBe('drop');
});

test('status_code: each of those listed', async () => {
  const policy = { name: 'status', type: 'status_code', status_code: { status_codes: ['OK', 'UNSET'] } };
  expect(await only([policy], { status: 'ok' })).toBe('keep by status');
  expect(await only([policy], {})).toBe('keep by status');
  expect(await only([policy], { status: 'error' })).toBe('drop');
});

test('probabilistic at both ends', async () => {
  const share = (sampling_percentage: number) => ({
    name: 'share',
    type: 'probabilistic',
    probabilistic: { sampling_percentage },
  });
  expect(await only([share(100)], {})).toBe('keep by share');
  expect(await only([share(0)], {})).toBe('drop');
  expect(await predict([share(100)], [{ trace: 'no hex digits' }])).toEqual({ 'no hex digits': 'unknown' });
});

describe('trace_state', () => {
  const policy = { name: 'state', type: 'trace_state', trace_state: { key: 'vendor', values: ['a', 'b'] } };
  test.each([
    ['vendor=a', 'keep by state'],
    ['other=x, vendor=b', 'keep by state'],
    ['vendor=c', 'drop'],
    ['', 'drop'],
    ['vendor=a,vendor=b', 'drop'],
    ['vendor=a,Bad=x', 'drop'],
  ])('%j: %s', async (traceState, decision) => {
    expect(await only([policy], {}, { traceState })).toBe(decision);
  });
  test('no value of the policy, or one that is too long with its key, matches nothing', async () => {
    const of = (values: string[]) => ({ ...policy, trace_state: { key: 'vendor', values } });
    expect(await only([of([])], { traceState: 'vendor=a' })).toBe('drop');
    expect(await only([of([''])], { traceState: 'vendor=a' })).toBe('drop');
    const value = (length: number) => 'v'.repeat(length);
    expect(await only([of([value(249)])], { traceState: `vendor=${value(249)}` })).toBe('keep by state');
    expect(await only([of([value(250)])], { traceState: `vendor=${value(250)}` })).toBe('drop');
  });
  test('without the column, or its value, it cannot be predicted; what does not need it can', async () => {
    expect(await predict([policy], [{}], TABLES.recording)).toEqual({ f: 'unknown' });
    expect(await predict([always], [{}], TABLES.recording)).toEqual({ f: 'keep by always' });
    expect(await only([policy], { traceState: null })).toBe('unknown');
    expect(await only([policy], { traceState: null }, { traceState: 'vendor=a' })).toBe('keep by state');
  });
});

describe('rate_limiting', () => {
  const limit = (spans_per_second: number, burst_capacity?: number) => ({
    name: 'limit',
    type: 'rate_limiting',
    rate_limiting: { spans_per_second, burst_capacity },
  });
  test('a trace of more spans than the bucket holds never gets through; any other may', async () => {
    expect(await only([limit(1)], {}, {})).toBe('unknown');
    expect(await only([limit(1)], {}, {}, {})).toBe('drop');
    expect(await only([limit(1, 3)], {}, {}, {})).toBe('unknown');
    expect(await only([limit(0)], {})).toBe('drop');
    expect(await only([{ name: 'not', type: 'not', not: { not_sub_policy: limit(0) } }], {})).toBe(
      'keep by not',
    );
  });
});

describe('composite', () => {
  const policy = (percent: number, ...of: object[]) => ({
    name: 'composite',
    type: 'composite',
    composite: {
      max_total_spans_per_second: 4,
      policy_order: ['always', 'errors'],
      composite_sub_policy: of,
      rate_allocation: [{ policy: 'errors', percent }],
    },
  });
  const error: SpanInput = { status: 'error' };
  test('what no part takes is dropped; what one takes may be kept', async () => {
    expect(await only([policy(50, errors)], {})).toBe('drop');
    expect(await only([policy(50, errors)], error)).toBe('unknown');
    expect(await only([policy(50, errors), always], error)).toBe('keep');
  });
  test('more spans than the share of the first part that takes it are dropped, whatever the others', async () => {
    expect(await only([policy(50, errors, always)], error, error)).toBe('unknown');
    expect(await only([policy(50, errors, always)], error, error, error)).toBe('drop');
    expect(await only([policy(100, errors, always)], error, error, error)).toBe('unknown');
    // policy_order is not heeded, and a part without a share gets an equal one.
    expect(await only([policy(100, always, errors)], error, error, error)).toBe('drop');
  });
  test('a part that cannot be predicted leaves open what comes after it', async () => {
    expect(await only([policy(50, odd, errors)], error, error, error)).toBe('unknown');
  });
});

test('types that depend on what is not recorded', async () => {
  for (const type of ['bytes_limiting', 'trace_flags', 'some_extension'])
    expect(await only([{ name: 'x', type, [type]: {} }, errors], {})).toBe('unknown');
});

test('a key that is there twice: the first counts, as in the Collector', async () => {
  expect(await only([text({ values: ['a'] })], { attributes: '{"k":"a","k":"b"}' })).toBe('keep by text');
  expect(await only([text({ values: ['b'] })], { attributes: '{"k":"a","k":"b"}' })).toBe('drop');
});
