import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { UserError } from '../../../harness/errors.ts';
import { durationS, readSampling } from '../../../harness/evidence/sampler/config.ts';
import { readMaxTraces } from '../../../harness/evidence/sampler/jaeger.ts';
import { saltOf } from '../../../harness/evidence/sampler/salt.ts';
import { substitute } from '../../../harness/evidence/sampler/substitute.ts';
import { COLLECTOR_YAML, JAEGER_YAML } from '../fixture.ts';

/** A variable as it stands in a Collector configuration. */
const variable = (inner: string) => `$\{${inner}}`;

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

test('a policy type that is not understood is named', () => {
  const text = COLLECTOR_YAML.replace(
    '{ name: slow, type: latency, latency: { threshold_ms: 1999 } }',
    '{ name: odd, type: ottl_condition, ottl_condition: { span: ["true"] } }',
  );
  const { policies, warnings } = readSampling(text);
  expect(policies[2]?.condition).toEqual({ kind: 'unknown', type: 'ottl_condition' });
  expect(warnings).toEqual([expect.stringContaining('policy odd: type ottl_condition is not predicted')]);
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

test('environment variables: value, default, none, and types as in YAML', () => {
  const document = {
    a: variable('env:N:-5'),
    b: variable('env:N'),
    c: `${variable('N')}/x`,
    d: variable('env:NONE:-a:b'),
    e: '$$5',
    f: [variable('env:LIST')],
    g: `${variable('env:NONE')}x`,
  };
  expect(substitute(document, { N: '7', LIST: '[1, 2]' })).toEqual({
    a: 7,
    b: 7,
    c: '7/x',
    d: 'a:b',
    e: '$5',
    f: [[1, 2]],
    g: 'x',
  });
});

test('the environment decides what is sampled', () => {
  const text = COLLECTOR_YAML.replace(
    'sampling_percentage: 5',
    `sampling_percentage: "${variable('env:SHARE:-5')}"`,
  );
  expect(readSampling(text, { SHARE: '12.5' }).policies[3]?.condition).toMatchObject({ percent: 12.5 });
  expect(readSampling(text).policies[3]?.condition).toMatchObject({ percent: 5 });
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
