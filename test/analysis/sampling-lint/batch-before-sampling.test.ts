import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/batch-before-sampling.ts';
import { check, EXERCISE, lineOf, replaced, SHIPPED } from './support.ts';

const steps = (list: string) =>
  replaced(
    replaced(SHIPPED, 'processors: [memory_limiter, tail_sampling]', `processors: [${list}]`),
    '\nprocessors:\n',
    '\nprocessors:\n  batch:\n  batch/small: {}\n',
  );

describe('batch-before-sampling', () => {
  it.each(['batch', 'batch/small'])('finds %s', (id) => {
    const text = steps(`memory_limiter, ${id}, tail_sampling`);
    expect(check(rule, text)).toMatchObject([
      {
        severity: 'warning',
        line: lineOf(text, `[memory_limiter, ${id}`),
        what: `pipeline traces/sampled has ${id} before tail_sampling`,
      },
    ]);
  });

  it('is silent on one behind, and on one in a pipeline without sampling', () => {
    expect(check(rule, steps('memory_limiter, tail_sampling, batch'))).toEqual([]);
    expect(check(rule, EXERCISE)).toEqual([]);
    expect(
      check(rule, replaced(steps('memory_limiter, tail_sampling'), '[memory_limiter]', '[batch]')),
    ).toEqual([]);
  });

  it('finds one in a pipeline that a connector joins to the sampler', () => {
    const text = `
processors: { batch: {}, tail_sampling: { policies: [] } }
connectors: { forward: {} }
service:
  pipelines:
    traces/in: { receivers: [otlp], processors: [batch], exporters: [forward] }
    traces/out: { receivers: [forward], processors: [tail_sampling], exporters: [otlp] }
`;
    expect(check(rule, text)).toMatchObject([{ line: lineOf(text, 'traces/in') }]);
  });
});
