import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/num-traces-too-small.ts';
import { check, EXPECTED, lineOf, replaced, SHIPPED } from './support.ts';

const holds = (traces: number | string) => replaced(SHIPPED, 'num_traces: 50000', `num_traces: ${traces}`);

describe('num-traces-too-small', () => {
  it('finds that traces are pushed out before their decision', () => {
    const text = holds(5000);
    const [found, ...others] = check(rule, text);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'error',
      line: lineOf(text, 'num_traces: 5000'),
      consequence:
        'A trace is pushed out after 5 s and decided on after 10 s: nothing is kept, whatever the policies say.',
      yaml: 'num_traces: 50000',
    });
    expect(found?.effect).toMatchObject({ direction: 'lost' });
    expect(found?.effect?.tracesPerS).toBeCloseTo(64.25, 9);
  });

  it.each([
    [9999, 'error'],
    [10_000, 'warning'],
    [19_999, 'warning'],
  ])('holds %i: %s', (traces, severity) => {
    expect(check(rule, holds(traces))).toMatchObject([{ severity }]);
  });

  it.each(['20000', '20_000', '"20000"'])('is silent on %s', (traces) => {
    expect(check(rule, holds(traces))).toEqual([]);
  });

  it('goes by the rate of one Collector', () => {
    expect(check(rule, SHIPPED, { ...EXPECTED, ratePerS: 2501 })).toMatchObject([{ severity: 'warning' }]);
    expect(check(rule, SHIPPED, { ...EXPECTED, ratePerS: 2501, collectors: 2 })).toEqual([]);
  });

  it('says what blocking does instead', () => {
    expect(check(rule, holds('5000\n    block_on_overflow: true'))).toMatchObject([
      { severity: 'error', consequence: expect.stringContaining('block_on_overflow') },
    ]);
  });

  it("knows the Collector's default of 50,000", () => {
    const text = replaced(SHIPPED, '    num_traces: 50000\n', '');
    expect(check(rule, text)).toEqual([]);
    expect(check(rule, text, { ...EXPECTED, ratePerS: 5001 })).toMatchObject([{ severity: 'error' }]);
  });
});
