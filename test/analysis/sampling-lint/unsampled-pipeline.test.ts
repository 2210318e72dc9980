import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/unsampled-pipeline.ts';
import { check, lineOf, replaced, SHIPPED } from './support.ts';

describe('unsampled-pipeline', () => {
  it('finds a pipeline past the sampler', () => {
    const text = replaced(
      SHIPPED,
      'exporters: [file/recording]',
      'exporters: [file/recording, otlp_grpc/jaeger]',
    );
    const [found, ...others] = check(rule, text);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'error',
      line: lineOf(text, 'traces/recording:'),
      consequence: 'It keeps 100 % of the traces, whatever the other pipeline drops.',
    });
    expect(found?.effect?.tracesPerS).toBeCloseTo(935.75, 9);
  });

  it('finds that there is no sampler at all', () => {
    const text = replaced(SHIPPED, '[memory_limiter, tail_sampling]', '[memory_limiter]');
    expect(check(rule, text)).toMatchObject([
      { line: lineOf(text, 'traces/sampled:'), consequence: 'It keeps 100 % of the traces.' },
    ]);
  });

  it.each([
    ['probabilistic_sampler', 'error'],
    ['filter/noise', 'warning'],
  ])('finds %s, which drops without seeing the trace', (id, severity) => {
    const text = replaced(
      replaced(SHIPPED, '[memory_limiter, tail_sampling]', `[memory_limiter, ${id}, tail_sampling]`),
      'processors:\n',
      `processors:\n  ${id}: {}\n`,
    );
    expect(check(rule, text)).toMatchObject([{ severity, line: lineOf(text, `[memory_limiter, ${id}`) }]);
  });

  it('does not count exporters that store nothing', () => {
    expect(
      check(rule, replaced(SHIPPED, 'exporters: [file/recording]', 'exporters: [file/recording, debug]')),
    ).toEqual([]);
  });
});
