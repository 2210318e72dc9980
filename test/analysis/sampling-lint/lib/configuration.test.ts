import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Configuration,
  readConfiguration,
} from '../../../../analysis/sampling-lint/lib/configuration.ts';
import { lineOf, replaced, SHIPPED } from '../support.ts';

function read(text: string, variables: Readonly<Record<string, string>> = {}): Configuration {
  const result = readConfiguration(text, variables);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.configuration;
}

function problems(text: string) {
  const result = readConfiguration(text);
  return 'problems' in result ? result.problems : [];
}

const variable = (inner: string) => `$\{${inner}}`;
const waits = (value: string) => replaced(SHIPPED, 'decision_wait: 10s', `decision_wait: ${value}`);

describe('reading a configuration', () => {
  it('knows the line of each setting', () => {
    const [sampler] = read(SHIPPED).samplers;
    expect(sampler).toMatchObject({
      id: 'tail_sampling',
      line: lineOf(SHIPPED, '  tail_sampling:'),
      decisionWaitMs: { value: 10_000, line: lineOf(SHIPPED, 'decision_wait:') },
      numTraces: { value: 50_000, line: lineOf(SHIPPED, 'num_traces:') },
      policiesLine: lineOf(SHIPPED, ' policies:'),
    });
    expect(sampler?.policies.map(({ name, line, isDrop }) => [name, line, isDrop])).toEqual([
      ['no-health-checks', lineOf(SHIPPED, 'name: no-health-checks'), true],
      ['errors', lineOf(SHIPPED, 'name: errors'), false],
      ['slow', lineOf(SHIPPED, 'name: slow'), false],
      ['the-rest', lineOf(SHIPPED, 'name: the-rest'), false],
    ]);
  });

  it('replaces variables by their value, by their default, and types them', () => {
    const wait = (text: string, variables = {}) => read(text, variables).samplers[0]?.decisionWaitMs.value;
    expect(wait(waits(variable('env:WAIT:-7s')))).toBe(7000);
    expect(wait(waits(variable('env:WAIT:-7s')), { WAIT: '8s' })).toBe(8000);
    expect(wait(waits(variable('WAIT')), { WAIT: '9s' })).toBe(9000);
    expect(wait(waits(`1${variable('env:UNIT:-m')}`))).toBe(60_000);
    expect(wait(waits(variable('env:WAIT')))).toBe(30_000);
    const traces = replaced(SHIPPED, 'num_traces: 50000', `num_traces: ${variable('env:N:-123')}`);
    expect(read(traces).samplers[0]?.numTraces.value).toBe(123);
  });

  it('resolves aliases and merge keys', () => {
    const text = replaced(
      SHIPPED,
      'processors:\n',
      'x-usual: &usual { decision_wait: 4s, num_traces: 7 }\nprocessors:\n',
    );
    const merged = replaced(text, '    decision_wait: 10s\n', '    <<: *usual\n');
    expect(read(merged).samplers[0]).toMatchObject({
      decisionWaitMs: { value: 4000 },
      numTraces: { value: 50_000, line: lineOf(merged, 'num_traces: 50000') },
    });
  });

  it('looks only at samplers on a way to a backend', () => {
    const text = `
processors:
  tail_sampling/unused: {}
  tail_sampling/debug: {}
  tail_sampling/used: {}
exporters: { otlp: {}, debug: {} }
service:
  pipelines:
    traces/a: { receivers: [otlp], processors: [tail_sampling/debug], exporters: [debug] }
    traces/b: { receivers: [otlp], processors: [tail_sampling/used], exporters: [otlp] }
    metrics: { receivers: [otlp], exporters: [otlp] }
`;
    expect(read(text).samplers.map(({ id }) => id)).toEqual(['tail_sampling/used']);
  });

  it('ends on connectors in a circle', () => {
    const text = `
processors: { tail_sampling: {} }
connectors: { forward: {} }
service:
  pipelines:
    traces: { receivers: [otlp, forward], processors: [tail_sampling], exporters: [forward, otlp] }
`;
    expect(read(text).ways).toHaveLength(1);
  });
});

describe('what is no configuration', () => {
  it.each([
    ['no YAML', 'a: [', 1, /not readable as YAML/],
    ['a key twice', 'a: 1\na: 2\n', 2, /unique/],
    ['nothing', '', 1, /no pipeline of traces/],
    ['a text', 'hello', 1, /the file is 'hello'; allowed: a mapping/],
    ['an alias in a circle', 'a: &a [*a]\n', 1, /alias/],
    ['an alias to nothing', 'a: *b\n', 1, /alias/i],
    [
      'a wrong duration',
      waits('10 s'),
      lineOf(SHIPPED, 'decision_wait:'),
      /decision_wait is '10 s'; allowed: a duration/,
    ],
    [
      'a list as a number',
      waits('10s\n    block_on_overflow: [1]'),
      lineOf(SHIPPED, 'decision_wait:') + 1,
      /block_on_overflow is a list; allowed: true or false/,
    ],
    [
      'policies that are none',
      replaced(SHIPPED, /( {4}policies:\n)[\s\S]*?(?=\nexporters:)/, '    policies: all\n'),
      lineOf(SHIPPED, ' policies:'),
      /policies is 'all'; allowed: a list/,
    ],
    [
      'a processor that is not configured',
      replaced(SHIPPED, '[memory_limiter, tail_sampling]', '[tail_sampling, batch]'),
      lineOf(SHIPPED, '[memory_limiter, tail_sampling]'),
      /pipeline traces\/sampled uses batch, which is not under processors/,
    ],
    [
      'no backend',
      replaced(SHIPPED, 'exporters: [otlp_grpc/jaeger]', 'exporters: [file/recording]'),
      lineOf(SHIPPED, '  pipelines:'),
      /no pipeline of traces leads to a backend/,
    ],
  ])('%s is told with its line', (_what, text, line, message) => {
    const found = problems(text);
    expect(found[0]?.text).toMatch(message);
    expect(found[0]?.line).toBe(line);
  });

  it('tells all problems at once, each once', () => {
    const text = replaced(waits('soon'), 'num_traces: 50000', 'num_traces: many');
    expect(problems(text).map((problem) => problem.text)).toEqual([
      "processors.tail_sampling.decision_wait is 'soon'; allowed: a duration such as 10s",
      "processors.tail_sampling.num_traces is 'many'; allowed: a number",
    ]);
  });

  it('too deep is told, not thrown', () => {
    expect(problems('['.repeat(20_000))[0]?.text).toMatch(/not readable as YAML/);
  });

  it('anything is read or told, never thrown', () => {
    const cut = fc.tuple(fc.nat(SHIPPED.length), fc.nat(60), fc.string());
    fc.assert(
      fc.property(cut, ([from, length, by]) => {
        const text = SHIPPED.slice(0, from) + by + SHIPPED.slice(from + length);
        const result = readConfiguration(text);
        expect('problems' in result ? result.problems.length : 1).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});
