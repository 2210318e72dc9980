import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/refused-policy.ts';
import { check, drop, ERRORS, lineOf, negated, REST, replaced, SLOW, withPolicies } from './support.ts';

const and = (part: string) => `{ name: all, type: and, and: { and_sub_policy: [${part}] } }`;

describe('refused-policy', () => {
  it.each([
    ['two of a name', [ERRORS, ERRORS], 'two policies are called errors'],
    ['no name', ['{ type: always_sample }'], 'a policy has no name'],
    ['no type', ['{ name: x }'], 'policy x has no type'],
    ['an unknown type', ['{ name: x, type: latncy }'], 'policy x has the type latncy'],
    ['`and` in `drop`', [drop(and(REST))], 'policy all has the type and'],
    ['`not` in `not`', [negated(negated(SLOW))], 'policy negated has the type not'],
    ['`drop` in `and`', [and(drop(SLOW))], 'policy dropped has the type drop'],
    ['an unknown status', [ERRORS.replace('[ERROR]', '[Error]')], 'policy errors has the status code Error'],
    ['no status', [ERRORS.replace('[ERROR]', '[]')], 'policy errors has no status_codes'],
    [
      'a number without bounds',
      ['{ name: n, type: numeric_attribute, numeric_attribute: { key: k, min_value: 0 } }'],
      'policy n has neither min_value nor max_value (0 counts as not given)',
    ],
  ])('finds %s', (_what, policies, what) => {
    expect(check(rule, withPolicies(...policies))).toMatchObject([{ severity: 'error', what }]);
  });

  it('says where', () => {
    const text = withPolicies(ERRORS, '{ name: x, type: latncy }');
    expect(check(rule, text)).toMatchObject([{ line: lineOf(text, 'latncy') }]);
  });

  it('accepts the type of an extension, and all that may be nested', () => {
    const text = replaced(
      withPolicies('{ name: x, type: mine }', and(negated(SLOW)), drop(negated(ERRORS))),
      'extensions:\n',
      'extensions:\n  mine: {}\n',
    );
    expect(check(rule, text).map(({ what }) => what)).toEqual([]);
  });
});
