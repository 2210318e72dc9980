import { describe, expect, it } from 'vitest';
import { type Cell, comparisonTable, isAsExpected, mitigationTable } from '../../commands/lib/comparison.ts';
import type { Result, Verdict } from '../../harness/contracts.ts';
import { PASSED } from '../reports/results.ts';

/** A result with these assertions alone. */
function result(verdict: Verdict, verdicts: Readonly<Record<string, Verdict>> = {}): Result {
  const finding = { title: '', expected: '', observed: '', figures: {}, examples: [] };
  const assertions = Object.entries(verdicts).map(([id, each]) => ({ ...finding, id, verdict: each }));
  return { ...PASSED, verdict, assertions };
}

const RED = result('fail', { charge: 'fail', recovered: 'inconclusive', time: 'fail', other: 'pass' });
const CELLS: readonly Cell[] = [
  { scenario: 'slow', build: 'resilient', mustPass: true, result: result('pass', { charge: 'pass' }) },
  { scenario: 'slow', build: 'naive', result: RED },
  { scenario: 'down', build: 'resilient', mustPass: true, result: result('pass') },
  { scenario: 'slow', without: 'breaker', turnsRed: ['charge'], result: RED },
];

describe('the tables', () => {
  it('say of each run whether it passed, or what did not', () => {
    expect(comparisonTable(CELLS)).toBe(
      [
        '| scenario | resilient | naive |',
        '| --- | --- | --- |',
        '| slow | pass | fail: charge, time; inconclusive: recovered |',
        '| down | pass |  |',
      ].join('\n'),
    );
    expect(mitigationTable(CELLS)).toBe(
      [
        '| without | scenario | must turn red | outcome |',
        '| --- | --- | --- | --- |',
        '| breaker | slow | charge | fail: charge, time; inconclusive: recovered |',
      ].join('\n'),
    );
  });

  it('are nothing without runs of their kind', () => {
    expect(comparisonTable(CELLS.slice(3))).toBe('');
    expect(mitigationTable(CELLS.slice(0, 3))).toBe('');
  });
});

describe('a run is as expected', () => {
  const build = (mustPass: boolean, verdict: Verdict): boolean =>
    isAsExpected({ scenario: 'slow', build: 'b', mustPass, result: result(verdict) });
  const without = (turnsRed: readonly string[]): boolean =>
    isAsExpected({ scenario: 'slow', without: 'm', turnsRed, result: RED });

  it('when the first build passes; any other may do what it likes', () => {
    expect(build(true, 'pass')).toBe(true);
    for (const verdict of ['fail', 'inconclusive', 'error'] as const) {
      expect(build(true, verdict)).toBe(false);
      expect(build(false, verdict)).toBe(true);
    }
  });

  it('when what the mitigation protects has failed, all of it: inconclusive is not failed', () => {
    expect(without(['charge', 'time'])).toBe(true);
    expect(without(['charge', 'recovered'])).toBe(false);
    expect(without(['other'])).toBe(false);
  });
});
