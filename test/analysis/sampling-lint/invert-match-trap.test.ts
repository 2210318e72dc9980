import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import rule from '../../../analysis/sampling-lint/invert-match-trap.ts';
import {
  check,
  drop,
  ERRORS,
  EXERCISE,
  lineOf,
  negated,
  pathIs,
  REST,
  SLOW,
  withPolicies,
} from './support.ts';

describe('invert-match-trap', () => {
  it("finds the exercise's own rule, with what it costs", () => {
    const [found, ...others] = check(rule, EXERCISE);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'error',
      line: lineOf(EXERCISE, 'name: no-health-checks'),
      consequence: expect.stringContaining('100 % of the traffic'),
      effect: { direction: 'surplus', perPercentOfTraffic: false },
    });
    // 1000 traces/s instead of 5 + 10 + 985 x 5 %.
    expect(found?.effect?.tracesPerS).toBeCloseTo(935.75, 6);
    expect(found?.effect?.gbPerDay).toBeCloseTo(808.488, 6);
    expect(found?.effect?.moneyPerDay).toBeCloseTo(404.244, 6);
  });

  it('offers a drop policy on the attribute that is emitted', () => {
    expect(parse(check(rule, EXERCISE)[0]?.yaml ?? '')).toEqual([
      {
        name: 'no-health-checks',
        type: 'drop',
        drop: {
          drop_sub_policy: [
            {
              name: 'no-health-checks-match',
              type: 'string_attribute',
              string_attribute: { key: 'url.path', values: ['/health', '/ready'] },
            },
          ],
        },
      },
    ]);
  });

  it('cannot say how much is kept when the attribute is of the business', () => {
    const text = withPolicies(
      '{ name: others, type: boolean_attribute, boolean_attribute: { key: a.test, value: true, invert_match: true } }',
    );
    expect(check(rule, text)).toMatchObject([
      { consequence: expect.stringContaining('but those that match') },
    ]);
  });

  it('finds a policy `not`, which is the same', () => {
    const text = withPolicies(ERRORS, negated(pathIs('[/health, /ready]')));
    expect(check(rule, text)).toMatchObject([
      { line: lineOf(text, 'negated'), what: expect.stringContaining('`not`') },
    ]);
  });

  it('is silent on inverted parts of `and` and `drop`, where they mean what they say', () => {
    const inverted = pathIs('[/health]', ', invert_match: true');
    expect(
      check(
        rule,
        withPolicies(
          `{ name: both, type: and, and: { and_sub_policy: [${inverted}, ${REST}] } }`,
          drop(inverted),
          negated(SLOW),
        ),
      ),
    ).toEqual([]);
  });
});
