import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/threshold-at-the-boundary.ts';
import { check, drop, EXPECTED, lineOf, promised, replaced, SHIPPED, withPolicies } from './support.ts';

const at = (ms: number) => replaced(SHIPPED, 'threshold_ms: 1999', `threshold_ms: ${ms}`);

describe('threshold-at-the-boundary', () => {
  it('finds a threshold that is the promise itself', () => {
    const text = at(2000);
    const [found, ...others] = check(rule, text);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'error',
      line: lineOf(text, 'threshold_ms: 2000'),
      effect: { direction: 'lost' },
      yaml: 'threshold_ms: 1999',
    });
    // 10 slow traces a second, of which one millisecond of three seconds is lost.
    expect(found?.effect?.tracesPerS).toBeCloseTo(10 / 3000, 9);
  });

  it.each([1998, 1999, 2001])('is silent at %i', (ms) => {
    expect(check(rule, at(ms))).toEqual([]);
  });

  it('goes by what was promised', () => {
    expect(check(rule, SHIPPED, promised('slow:1999=100,any=5'))).toHaveLength(1);
    expect(check(rule, at(2000), promised('slow:1999=100,any=5'))).toEqual([]);
    expect(check(rule, at(2000), promised('slow:2000=50,any=5'))).toEqual([]);
    expect(check(rule, at(2000), promised('errors=100,any=5'))).toEqual([]);
  });

  it('looks into `and`, and not into `drop`', () => {
    const slow = '{ name: slow, type: latency, latency: { threshold_ms: 2000 } }';
    expect(
      check(rule, withPolicies(`{ name: a, type: and, and: { and_sub_policy: [${slow}] } }`)),
    ).toHaveLength(1);
    expect(check(rule, withPolicies(drop(slow)))).toEqual([]);
  });

  it('has no more to lose than all when the longest trace is the threshold', () => {
    const [found] = check(rule, at(2000), { ...EXPECTED, longestMs: 2000 });
    expect(found?.effect?.tracesPerS).toBeCloseTo(10, 9);
  });
});
