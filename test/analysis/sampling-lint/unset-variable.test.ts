import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/unset-variable.ts';
import { check, EXPECTED, lineOf, replaced, SHIPPED } from './support.ts';

const variable = (inner: string) => `$\{${inner}}`;
const waits = (value: string) => replaced(SHIPPED, 'decision_wait: 10s', `decision_wait: ${value}`);

describe('unset-variable', () => {
  it('warns of a variable without value and default', () => {
    const text = waits(variable('env:WAIT'));
    expect(check(rule, text)).toMatchObject([
      {
        severity: 'warning',
        line: lineOf(text, 'WAIT'),
        what: `${variable('env:WAIT')} has no value here, and no default`,
      },
    ]);
  });

  it('warns of what another provider would deliver', () => {
    expect(check(rule, waits(variable('file:wait.txt')))).toHaveLength(1);
  });

  it('is silent on one with a value or a default', () => {
    expect(check(rule, waits(variable('env:WAIT')), EXPECTED, { WAIT: '10s' })).toEqual([]);
    expect(check(rule, waits(variable('env:WAIT:-10s')))).toEqual([]);
    expect(check(rule, replaced(SHIPPED, 'name: errors', `name: $${variable('errors')}`))).toEqual([]);
  });
});
