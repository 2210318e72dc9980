import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/no-flight-recorder.ts';
import { check, EXERCISE, lineOf, replaced, SHIPPED } from './support.ts';

describe('no-flight-recorder', () => {
  it('mentions that nothing records', () => {
    expect(check(rule, EXERCISE)).toMatchObject([
      { severity: 'info', line: lineOf(EXERCISE, '  pipelines:'), effect: null },
    ]);
  });

  it('takes no recording behind the sampler for one', () => {
    expect(
      check(rule, replaced(SHIPPED, 'processors: [memory_limiter]', 'processors: [tail_sampling]')),
    ).toHaveLength(1);
  });
});
