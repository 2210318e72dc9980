import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/policies-order.ts';
import { check, ERRORS, HEALTH, lineOf, REST, SLOW, withPolicies } from './support.ts';

describe('policies-order', () => {
  it('mentions a drop policy behind others', () => {
    const text = withPolicies(ERRORS, HEALTH, SLOW, REST);
    expect(check(rule, text)).toMatchObject([
      { severity: 'info', line: lineOf(text, 'name: dropped'), effect: null },
    ]);
  });

  it('mentions a share before what keeps whole', () => {
    const text = withPolicies(HEALTH, ERRORS, REST, SLOW);
    expect(check(rule, text)).toMatchObject([
      {
        severity: 'info',
        line: lineOf(text, 'name: rest'),
        what: 'policy rest keeps a share of everything, and stands before slow',
      },
    ]);
  });

  it('is silent on drops, then what keeps whole, then shares', () => {
    expect(
      check(rule, withPolicies(HEALTH, ERRORS, SLOW, REST, '{ name: all, type: always_sample }')),
    ).toEqual([]);
    expect(check(rule, withPolicies(HEALTH))).toEqual([]);
  });
});
