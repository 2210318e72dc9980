import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/decision-wait-too-short.ts';
import { check, EXPECTED, lineOf, replaced, SHIPPED } from './support.ts';

const waits = (wait: string) => replaced(SHIPPED, 'decision_wait: 10s', `decision_wait: ${wait}`);

describe('decision-wait-too-short', () => {
  it('finds a wait that is shorter than the longest trace', () => {
    const text = waits('3s');
    const [found, ...others] = check(rule, text);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'error',
      line: lineOf(text, 'decision_wait: 3s'),
      yaml: 'decision_wait: 10s',
      effect: { direction: 'lost' },
    });
    // Of 10 slow traces a second between 2 and 5 s, those above 3 s.
    expect(found?.effect?.tracesPerS).toBeCloseTo(10 * (2 / 3), 9);
  });

  it('warns of one that leaves no time for the export', () => {
    expect(check(rule, waits('9s'))).toMatchObject([{ severity: 'warning', effect: null }]);
    expect(check(rule, waits('5s'))).toMatchObject([{ severity: 'warning' }]);
    expect(check(rule, waits('4s'))).toMatchObject([{ severity: 'error' }]);
  });

  it.each(['10s', '1m', '10500ms'])('is silent on %s', (wait) => {
    expect(check(rule, waits(wait))).toEqual([]);
  });

  it('cuts fractions of seconds, as the processor does', () => {
    expect(check(rule, waits('9999ms'))).toMatchObject([
      { what: expect.stringContaining('decision_wait is 9 s') },
    ]);
  });

  it('takes a number without a unit for nanoseconds, as the Collector does', () => {
    expect(check(rule, waits('10'))).toMatchObject([
      { severity: 'error', what: expect.stringContaining('decision_wait is 1 s') },
    ]);
  });

  it('goes by the longest trace', () => {
    expect(check(rule, SHIPPED, { ...EXPECTED, longestMs: 5001 })).toMatchObject([
      { severity: 'warning', yaml: 'decision_wait: 11s' },
    ]);
    expect(check(rule, SHIPPED, { ...EXPECTED, longestMs: 12_000 })).toMatchObject([{ severity: 'error' }]);
  });

  it("knows the Collector's default of 30 s", () => {
    const text = replaced(SHIPPED, '    decision_wait: 10s\n', '');
    expect(check(rule, text, { ...EXPECTED, longestMs: 25_000 })).toEqual([]);
    expect(check(rule, text, { ...EXPECTED, longestMs: 25_001 })).toMatchObject([
      { line: lineOf(text, '  tail_sampling:') },
    ]);
  });

  it('warns of a decision soon after the root', () => {
    const root = (wait: string) => waits(`10s\n    decision_wait_after_root_received: ${wait}`);
    expect(check(rule, root('1s'))).toMatchObject([
      { severity: 'warning', line: lineOf(root('1s'), 'after_root_received') },
    ]);
    expect(check(rule, root('5s'))).toEqual([]);
    expect(check(rule, root('0s'))).toEqual([]);
  });
});
