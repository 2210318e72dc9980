import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { openDatabase } from '../../../harness/evidence/database.ts';
import { queryRows } from '../../../harness/evidence/query.ts';
import { predictionSql } from '../../../harness/evidence/sampler/compile.ts';
import { readSampling } from '../../../harness/evidence/sampler/config.ts';
import { columnList, literal, TABLES } from '../../../harness/evidence/tables.ts';

interface SpanInput {
  readonly trace?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly status?: 'unset' | 'ok' | 'error';
  readonly attributes?: object;
  readonly resource?: object;
}

/** What the policies decide for the traces of these spans, by trace id: `keep`, `drop` or `unknown`, and the policy. */
async function predict(policies: object[], spans: readonly SpanInput[]): Promise<Record<string, string>> {
  const text = stringify({
    processors: { tail_sampling: { policies } },
    service: {
      pipelines: { traces: { receivers: ['otlp'], processors: ['tail_sampling'], exporters: ['otlp'] } },
    },
  });
  const database = await openDatabase(':memory:', tmpdir());
  try {
    await database.run(`CREATE TABLE recording (${columnList(TABLES.recording)})`);
    for (const [index, span] of spans.entries()) {
      const { trace = 'f', fromMs = 0, toMs = 1, status = 'unset', attributes = {}, resource = {} } = span;
      await database.run(
        `INSERT INTO recording BY NAME SELECT ${literal(trace.padEnd(32, '0'))} AS trace_id, 's${index}' AS span_id,
           ${fromMs * 1000}::BIGINT AS start_us, ${toMs * 1000}::BIGINT AS end_us, '${status}' AS status,
           ${literal(JSON.stringify(attributes))} AS attributes, ${literal(JSON.stringify(resource))} AS resource`,
      );
    }
    const rows = await queryRows<{ trace_id: string; predicted: string; policy: string | null }>(
      database.connection,
      predictionSql(readSampling(text).policies),
    );
    return Object.fromEntries(
      rows.map(({ trace_id, predicted, policy }) => [
        trace_id.replace(/0+$/, ''),
        policy === null ? predicted : `${predicted} by ${policy}`,
      ]),
    );
  } finally {
    database.close();
  }
}

const always = { name: 'always', type: 'always_sample' };
const errors = { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } };
const odd = { name: 'odd', type: 'rate_limiting', rate_limiting: { spans_per_second: 5 } };
const text = (settings: object) => ({
  name: 'text',
  type: 'string_attribute',
  string_attribute: { key: 'k', ...settings },
});
const dropOf = (...of: object[]) => ({ name: 'drop', type: 'drop', drop: { drop_sub_policy: of } });
const only = async (policies: object[], ...spans: SpanInput[]) => (await predict(policies, spans))['f'];

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
    expect(await only([odd, errors], { status: 'error' })).toBe('keep by errors');
    expect(await only([odd, errors], {})).toBe('unknown');
    expect(await only([dropOf(errors), odd], { status: 'error' })).toBe('drop by drop');
    expect(await only([dropOf(odd), always], {})).toBe('unknown');
    expect(await only([dropOf(odd), errors], {})).toBe('drop');
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

describe('latency', () => {
  const latency = (threshold_ms: number, upper_threshold_ms = 0) => ({
    name: 'latency',
    type: 'latency',
    latency: { threshold_ms, upper_threshold_ms },
  });
  test('is that of the whole trace, in whole milliseconds, above the threshold', async () => {
    expect(await only([latency(100)], { fromMs: 0, toMs: 60 }, { fromMs: 50, toMs: 101.5 })).toBe(
      'keep by latency',
    );
    expect(await only([latency(100)], { fromMs: 0, toMs: 100.999 })).toBe('drop');
    expect(await only([latency(100)], { fromMs: 0, toMs: 101.001 })).toBe('keep by latency');
  });
  test('at the very edge it depends on nanoseconds, which the evidence does not have', async () => {
    expect(await only([latency(100)], { fromMs: 0, toMs: 101 })).toBe('unknown');
  });
  test('with an upper bound, the order of the spans decides above it', async () => {
    expect(await only([latency(100, 200)], { toMs: 150 })).toBe('keep by latency');
    expect(await only([latency(100, 200)], { toMs: 50 })).toBe('drop');
    expect(await only([latency(100, 200)], { toMs: 300 })).toBe('drop');
    expect(await only([latency(100, 200)], { toMs: 150 }, { toMs: 300 })).toBe('unknown');
  });
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
