import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Remark } from '../../../analysis/sampling-lint/lib/rule.ts';
import rule from '../../../analysis/sampling-lint/missing-policy.ts';
import {
  check,
  drop,
  ERRORS,
  EXERCISE,
  HEALTH,
  lineOf,
  pathIs,
  promised,
  REST,
  replaced,
  SHIPPED,
  SLOW,
  withPolicies,
} from './support.ts';

const what = (found: readonly Remark[]) => found.map((remark) => remark.what);

/** The configuration when the remedy is taken. */
const mended = (found: readonly Remark[], ...policies: readonly string[]) =>
  check(rule, withPolicies(...policies, ...found.map(({ yaml }) => JSON.stringify(parse(yaml ?? '')[0]))));

describe('missing-policy', () => {
  it('finds that nothing keeps errors', () => {
    const text = withPolicies(HEALTH, SLOW, REST);
    const found = check(rule, text);
    expect(found).toMatchObject([
      {
        severity: 'error',
        line: lineOf(text, ' policies:'),
        what: "no policy keeps 100 % of traces with an error, as 'Every trace with an error is kept' promises",
        consequence: '5 % to 100 % of them are kept.',
        effect: { direction: 'lost' },
      },
    ]);
    expect(found[0]?.effect?.tracesPerS).toBeCloseTo(4.75, 9);
    expect(mended(found, HEALTH, SLOW, REST)).toEqual([]);
  });

  it('finds that nothing keeps slow traces', () => {
    const found = check(rule, withPolicies(HEALTH, ERRORS, REST));
    expect(found).toMatchObject([
      { what: expect.stringContaining('traces of 2000 ms or more'), consequence: '5 % of them are kept.' },
    ]);
    expect(found[0]?.effect?.tracesPerS).toBeCloseTo(9.5, 9);
    expect(mended(found, HEALTH, ERRORS, REST)).toEqual([]);
  });

  it('finds a threshold above the promise, and none below it', () => {
    const slow = (ms: number) => check(rule, replaced(SHIPPED, 'threshold_ms: 1999', `threshold_ms: ${ms}`));
    expect(what(slow(3000))).toEqual([expect.stringContaining('traces of 2000 ms or more')]);
    expect(slow(2001)).toHaveLength(1);
    // Of this one threshold-at-the-boundary speaks.
    expect(slow(2000)).toEqual([]);
    // It may keep more of the rest than 5 %; how much is not to be told.
    expect(slow(1500)).toEqual([]);
  });

  it('finds an upper threshold, above which slow traces are lost', () => {
    const text = replaced(
      SHIPPED,
      'threshold_ms: 1999',
      'threshold_ms: 1999\n          upper_threshold_ms: 10000',
    );
    expect(what(check(rule, text))).toEqual([expect.stringContaining('traces of 2000 ms or more')]);
  });

  it.each([
    [4, 'lost', 9.85],
    [10, 'surplus', 49.25],
    [100, 'surplus', 935.75],
  ] as const)('finds %i %% instead of 5', (percentage, direction, tracesPerS) => {
    const text = replaced(SHIPPED, 'sampling_percentage: 5', `sampling_percentage: ${percentage}`);
    const [found, ...others] = check(rule, text);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      line: lineOf(text, `sampling_percentage: ${percentage}`),
      consequence: `${percentage} % of them are kept.`,
      effect: { direction },
    });
    expect(found?.effect?.tracesPerS).toBeCloseTo(tracesPerS, 6);
  });

  it('finds always_sample', () => {
    const found = check(rule, withPolicies(HEALTH, '{ name: all, type: always_sample }'));
    expect(found).toMatchObject([
      { what: expect.stringContaining('all other traces'), consequence: '100 % of them are kept.' },
    ]);
  });

  it('finds that nothing keeps the rest', () => {
    const found = check(rule, withPolicies(HEALTH, ERRORS, SLOW));
    expect(found).toMatchObject([{ consequence: '0 % of them are kept.', effect: { direction: 'lost' } }]);
    expect(mended(found, HEALTH, ERRORS, SLOW)).toEqual([]);
  });

  it('finds that nothing drops health checks, one finding for all their paths', () => {
    const found = check(rule, withPolicies(ERRORS, SLOW, REST));
    expect(found).toMatchObject([
      {
        what: "no policy drops requests to /health, /ready, as 'Health checks are not kept' promises",
        effect: { direction: 'surplus', perPercentOfTraffic: true },
      },
    ]);
    expect(found[0]?.effect?.tracesPerS).toBeCloseTo(0.5, 9);
    expect(mended(found, ERRORS, SLOW, REST)).toEqual([]);
  });

  it('names only the path that is not dropped', () => {
    const found = check(rule, withPolicies(drop(pathIs('[/health]')), ERRORS, SLOW, REST));
    expect(what(found)).toEqual([
      "no policy drops requests to /ready, as 'Health checks are not kept' promises",
    ]);
    expect(found[0]?.yaml).toContain('values: [/ready]');
  });

  it('finds every promise broken when there are no policies', () => {
    // Health checks are not kept: nothing is.
    expect(
      check(rule, replaced(SHIPPED, /( {4}policies:\n)[\s\S]*?(?=\nexporters:)/, '    policies: []\n')),
    ).toHaveLength(3);
  });

  it('does not take a policy for certain that cannot be told', () => {
    const limited = '{ name: limited, type: rate_limiting, rate_limiting: { spans_per_second: 100 } }';
    expect(what(check(rule, withPolicies(HEALTH, limited, SLOW, REST)))).toEqual([
      expect.stringContaining('traces with an error'),
    ]);
    // It may be what keeps the share of the rest.
    expect(check(rule, withPolicies(HEALTH, limited, ERRORS, SLOW))).toEqual([]);
  });

  it('takes a share of a path from what keeps more of it', () => {
    const expectations = promised('path:/feed=1,errors=100,slow:2000=100,any=5');
    const found = check(rule, withPolicies(ERRORS, SLOW, REST), expectations);
    expect(what(found)).toEqual([expect.stringContaining('1 % of requests to /feed')]);
    const policy = JSON.stringify(parse(found[0]?.yaml ?? '')[0]);
    expect(check(rule, withPolicies(policy, ERRORS, SLOW, REST), expectations)).toEqual([]);
  });

  it('does not repeat what other rules say of the exercise', () => {
    expect(check(rule, EXERCISE)).toEqual([]);
  });
});
