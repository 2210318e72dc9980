import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { UserError } from '../../../harness/errors.ts';
import { durationS, readSampling } from '../../../harness/evidence/sampler/config.ts';
import { readMaxTraces } from '../../../harness/evidence/sampler/jaeger.ts';
import { saltOf } from '../../../harness/evidence/sampler/salt.ts';
import { COLLECTOR_YAML, JAEGER_YAML } from '../fixture.ts';
import { configurationOf } from './predict.ts';

interface Pipelines {
  readonly pipelines: Record<string, { receivers: string[]; processors?: string[]; exporters: string[] }>;
  readonly processors?: Record<string, object>;
  readonly connectors?: Record<string, object>;
}

function configuration({ pipelines, processors, connectors }: Pipelines): string {
  return stringify({
    processors: { tail_sampling: { policies: [{ name: 'all', type: 'always_sample' }] }, ...processors },
    connectors: connectors ?? {},
    service: { pipelines },
  });
}

test('reads wait, size, order and kind of the policies', () => {
  const sampling = readSampling(COLLECTOR_YAML);
  expect(sampling).toMatchObject({
    processor: 'tail_sampling',
    decisionWaitS: 10,
    numTraces: 50_000,
    warnings: [],
  });
  expect(sampling.policies.map(({ name, drop, condition }) => [name, drop, condition.kind])).toEqual([
    ['no-health-checks', true, 'and'],
    ['errors', false, 'status'],
    ['slow', false, 'latency'],
    ['rest', false, 'probabilistic'],
  ]);
});

test("the processor's own defaults hold where the configuration says nothing", () => {
  const text = configuration({
    pipelines: { traces: { receivers: ['otlp'], processors: ['tail_sampling'], exporters: ['otlp'] } },
  });
  expect(readSampling(text)).toMatchObject({ decisionWaitS: 30, numTraces: 50_000 });
});

describe('which pipeline counts', () => {
  test('the one to the backend, whatever others sample', () => {
    const text = configuration({
      processors: {
        'tail_sampling/other': { decision_wait: '1s', policies: [] },
        'tail_sampling/this': { decision_wait: '7s', policies: [] },
      },
      pipelines: {
        'traces/a': { receivers: ['otlp'], processors: ['tail_sampling/other'], exporters: ['file'] },
        'traces/b': {
          receivers: ['otlp'],
          processors: ['batch', 'tail_sampling/this'],
          exporters: ['otlp_grpc/jaeger'],
        },
      },
    });
    expect(readSampling(text)).toMatchObject({ processor: 'tail_sampling/this', decisionWaitS: 7 });
  });

  test('also through connectors', () => {
    const text = configuration({
      connectors: { forward: {} },
      pipelines: {
        'traces/in': { receivers: ['otlp'], processors: ['tail_sampling'], exporters: ['forward'] },
        'traces/out': { receivers: ['forward'], exporters: ['otlphttp'] },
      },
    });
    expect(readSampling(text).processor).toBe('tail_sampling');
  });

  test('connectors in a circle end', () => {
    const text = configuration({
      connectors: { forward: {} },
      pipelines: { traces: { receivers: ['otlp', 'forward'], exporters: ['forward', 'otlp'] } },
    });
    expect(readSampling(text).processor).toBeNull();
  });

  test('without a sampler on the way, everything is kept', () => {
    const text = configuration({ pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp'] } } });
    const sampling = readSampling(text);
    expect(sampling.processor).toBeNull();
    expect(sampling.policies.map(({ condition }) => condition.kind)).toEqual(['always']);
  });

  test('a way past the sampler is warned of', () => {
    const text = configuration({
      pipelines: {
        'traces/a': { receivers: ['otlp'], processors: ['tail_sampling'], exporters: ['otlp'] },
        'traces/b': { receivers: ['otlp'], exporters: ['otlp'] },
      },
    });
    expect(readSampling(text).warnings.join()).toContain('traces/b passes every trace on');
  });

  test('no way to a backend is an error', () => {
    const text = configuration({ pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } } });
    expect(() => readSampling(text)).toThrow(UserError);
  });
});

test('a processor that may change or drop traces is warned of', () => {
  const text = configuration({
    pipelines: {
      traces: { receivers: ['otlp'], processors: ['filter/x', 'tail_sampling'], exporters: ['otlp'] },
    },
  });
  expect(readSampling(text).warnings).toEqual([
    'pipeline traces: what processor filter/x does to the traces is not predicted',
  ]);
});

describe('what is not predicted is named, with the reason', () => {
  test.each([
    [{ type: 'trace_flags' }, 'type trace_flags is not predicted (the flags of spans are not recorded)'],
    [{ type: 'mine' }, 'type mine is not predicted (the Collector does not know it, or not at this place)'],
    [{ type: 'latency', latency: { threshold_ms: '5' } }, 'threshold_ms is not a number'],
    [{ type: 'latency', latency: { threshold_ms: 0.5 } }, 'threshold_ms is not a whole number'],
    [{ type: 'status_code', status_code: { status_codes: ['error'] } }, 'refuses the status code error'],
    [{ type: 'status_code' }, 'refuses it without status codes'],
    [{ type: 'string_attribute', string_attribute: { values: [200] } }, 'values is not a text'],
    [
      { type: 'string_attribute', string_attribute: { values: ['(?=a)'], enabled_regex_matching: true } },
      'the regular expression `(?=a)`',
    ],
    [{ type: 'numeric_attribute', numeric_attribute: { key: 'k' } }, 'the Collector dies of it'],
    [{ type: 'numeric_attribute', numeric_attribute: { min_value: 2 ** 60 } }, 'at most 2^53'],
    [{ type: 'boolean_attribute', boolean_attribute: { value: 'true' } }, 'value is not true or false'],
    [
      { type: 'ottl_condition', ottl_condition: { span: ['Len(name) > 5'] } },
      '`Len` is outside of the subset',
    ],
    [{ type: 'ottl_condition', ottl_condition: { spanevent: ['true'] } }, 'span events are outside'],
    [{ type: 'and', and: 'x' }, 'and is not a section'],
    ['x', 'a policy is not a section'],
  ])('%j', (policy, why) => {
    const { policies, warnings } = readSampling(configurationOf([policy as object]));
    expect(policies[0]?.condition.kind).toBe('unknown');
    expect(warnings).toEqual([expect.stringContaining(why)]);
  });

  test('a part of a policy leaves the other parts', () => {
    const part = { name: 'in', type: 'not', not: { not_sub_policy: { name: 'x', type: 'and' } } };
    const always = { name: 'a', type: 'always_sample' };
    const { policies, warnings } = readSampling(
      configurationOf([{ name: 'p', type: 'and', and: { and_sub_policy: [always, part] } }]),
    );
    expect(policies[0]?.condition).toEqual({
      kind: 'and',
      of: [{ kind: 'always' }, { kind: 'not', of: { kind: 'unknown', type: 'and' } }],
    });
    expect(warnings).toEqual([expect.stringContaining('policy p: type and is not predicted')]);
  });

  test('a drop policy that cannot be read is still one', () => {
    const { policies } = readSampling(configurationOf([{ name: 'd', type: 'drop', drop: 'x' }]));
    expect(policies).toEqual([{ name: 'd', drop: true, condition: { kind: 'unknown', type: 'drop' } }]);
  });
});

test('shards share a rate, not a bucket', () => {
  const limit = (settings: object) => ({ name: 'l', type: 'rate_limiting', rate_limiting: settings });
  const of = (settings: object, num_shards: number) =>
    readSampling(configurationOf([limit(settings)], { num_shards })).policies[0]?.condition;
  expect(of({ spans_per_second: 10 }, 4)).toMatchObject({ spansPerSecond: 2, burstSpans: 20 });
  expect(of({ spans_per_second: 2, burst_capacity: 7 }, 4)).toMatchObject({
    spansPerSecond: 1,
    burstSpans: 7,
  });
});

test('settings of the processor that cannot be read are warned of', () => {
  const { decisionWaitS, numTraces, warnings } = readSampling(
    configurationOf([], { decision_wait: 10, num_traces: 'many', decision_wait_after_root_received: '1s' }),
  );
  expect([decisionWaitS, numTraces]).toEqual([30, 50_000]);
  expect(warnings).toEqual([
    expect.stringContaining('decision_wait_after_root_received'),
    expect.stringContaining('decision_wait is not a text; 30 is assumed'),
    expect.stringContaining('num_traces is not a number; 50000 is assumed'),
  ]);
});

test('span-ingest decides on other grounds, so nothing is predicted', () => {
  const text = COLLECTOR_YAML.replace(
    'decision_wait: 10s',
    'decision_wait: 10s\n    sampling_strategy: span-ingest',
  );
  const { policies, warnings } = readSampling(text);
  expect(new Set(policies.map(({ condition }) => condition.kind))).toEqual(new Set(['unknown']));
  expect(warnings).toHaveLength(1);
});

test.each([
  ['not: [valid', 'not readable as YAML'],
  ['receivers: {}', 'section `service`'],
])('%j is an error of the user', (text, message) => {
  expect(() => readSampling(text)).toThrow(UserError);
  expect(() => readSampling(text)).toThrow(message);
});

test.each([
  ['10s', 10],
  ['1m30s', 90],
  ['500ms', 0.5],
  ['1.5h', 5400],
  ['', undefined],
  [10, undefined],
  ['10 s', undefined],
])('duration %j', (text, seconds) => {
  expect(durationS(text)).toBe(seconds);
});

test('the salt is that of the first probabilistic policy, however deep', () => {
  const of = (policies: object[]) =>
    saltOf(
      readSampling(
        configuration({
          processors: { tail_sampling: { policies } },
          pipelines: { traces: { receivers: ['otlp'], processors: ['tail_sampling'], exporters: ['otlp'] } },
        }),
      ).policies,
    );
  const share = {
    name: 'p',
    type: 'probabilistic',
    probabilistic: { hash_salt: 'mine', sampling_percentage: 1 },
  };
  expect(
    of([{ name: 'x', type: 'and', and: { and_sub_policy: [{ name: 'a', type: 'always_sample' }, share] } }]),
  ).toBe('mine');
  expect(of([{ name: 'a', type: 'always_sample' }])).toBe('default-hash-seed');
});

test("the size of Jaeger's ring is that of the storage which the query reads", () => {
  expect(readMaxTraces(JAEGER_YAML)).toBe(100_000);
  const two = stringify({
    extensions: {
      jaeger_storage: {
        backends: { one: { memory: { max_traces: 1 } }, two: { memory: { max_traces: 2 } } },
      },
      jaeger_query: { storage: { traces: 'two' } },
    },
  });
  expect(readMaxTraces(two)).toBe(2);
  expect(
    readMaxTraces('extensions: { jaeger_storage: { backends: { x: { badger: {} } } } }'),
  ).toBeUndefined();
});

describe('a configuration of another shape is refused with the place', () => {
  test.each([
    ['service:\n', /the section `service` with its pipelines is missing/],
    ['- a\n', /the section `service` with its pipelines is missing/],
    ['service: {pipelines: [a]}\n', /^collector configuration: service\.pipelines: /],
    ['service: {pipelines: {traces: {receivers: otlp}}}\n', /service\.pipelines\.traces\.receivers: /],
    ['service: {pipelines: {traces: {receivers: [1]}}}\n', /service\.pipelines\.traces\.receivers\.0: /],
    ['service: {pipelines: {traces: {exporters: {a: 1}}}}\n', /service\.pipelines\.traces\.exporters: /],
    ['processors: [a]\nservice: {pipelines: {}}\n', /^collector configuration: processors: /],
    ['service: {pipelines: }\n', /no pipeline of traces leads to/],
    ['service: {pipelines: {traces: }}\n', /no pipeline of traces leads to/],
  ])('%j', (text, message) => {
    expect(() => readSampling(text)).toThrow(UserError);
    expect(() => readSampling(text)).toThrow(message);
  });
});
