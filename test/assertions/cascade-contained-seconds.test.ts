import { describe, expect, it } from 'vitest';
import cascadeContained from '../../assertions/cascade-contained.ts';
import { traceIdOf } from '../evidence/fixture.ts';
import { saturate } from './incredible-runs.ts';
import { FAILED, judgeRun, steadyReads } from './judge-run.ts';

const reads = cascadeContained.with({ routes: ['product-read'] });
const SLOW = { latencyMs: 9000 };

describe('cascade-contained', () => {
  it('looks at p99 where a second holds enough requests', async () => {
    // One in twenty is slow under the fault, which a median cannot show.
    const requests = steadyReads('fault', (second, index) => (second * 50 + index) % 20 === 0, {
      latencyMs: 900,
    });
    const finding = await judgeRun(reads, { requests });
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toMatch(/^product-read became slower: p99 /);
  });

  it('tells the median of the windows, not the best of them', async () => {
    const requests = steadyReads('fault', (second) => second % 3 > 0, { latencyMs: 60 });
    expect((await judgeRun(reads, { requests })).figures).toMatchObject({
      'product-read.faultMs': 60.15,
      'product-read.faultBadWindows': 0,
    });
  });

  describe('looks at single seconds', () => {
    it.each<[string, (second: number) => boolean, string | undefined]>([
      ['the first 3 s', (second) => second < 3, undefined],
      ['the first 4 s', (second) => second < 4, '4 of 30 s under the fault, 4 in a row'],
      ['the last 4 s', (second) => second >= 26, '4 of 30 s under the fault, 4 in a row'],
      ['one second in ten', (second) => second % 10 === 0, undefined],
      [
        'four single seconds of thirty',
        (second) => second % 8 === 0,
        '4 of 30 s under the fault, 1 in a row',
      ],
      ['the first 14 s', (second) => second < 14, '14 of 30 s under the fault, 14 in a row'],
    ])('when reads take 9 s in %s', async (_, isSlow, found) => {
      const requests = steadyReads('fault', isSlow, SLOW);
      const finding = await judgeRun(reads, { requests });
      expect(finding.verdict).toBe(found ? 'fail' : 'pass');
      if (!found) return;
      expect(finding.because).toBe(
        `product-read was too slow or failed in ${found}; allowed 10 % and 3 in a row`,
      );
      const slow = requests.flatMap(({ latencyMs }, seq) =>
        latencyMs === SLOW.latencyMs ? [traceIdOf(seq)] : [],
      );
      expect(finding.examples).toEqual(slow.slice(0, 10));
    });

    it.each([0, 29])('also in second %i', async (bad) => {
      const strict = cascadeContained.with({ routes: ['product-read'], maxBadWindowsInARow: 0 });
      const requests = steadyReads('fault', (second) => second === bad, SLOW);
      expect((await judgeRun(strict, { requests })).verdict).toBe('fail');
    });

    it('but not at those in which the machine was saturated, nor at the one after', async () => {
      // Seconds 0 to 5 of the fault are slow. The baseline has 20 s.
      const requests = steadyReads('fault', (second) => second < 6, SLOW);
      expect(await judgeRun(reads, { requests, mutate: saturate(20, 25) })).toMatchObject({
        verdict: 'inconclusive',
        because: expect.stringContaining(
          '6 in a row; allowed 10 % and 3 in a row; but the machine was saturated in 6',
        ),
      });
      // Four of them are not excused.
      expect((await judgeRun(reads, { requests, mutate: saturate(20, 21) })).verdict).toBe('fail');
    });

    it('when they fail in some, whatever the machine did', async () => {
      const lenient = cascadeContained.with({ routes: ['product-read'], goodMarginPoints: 2.5 });
      const failing = (seconds: number, each: number) =>
        steadyReads('fault', (second, index) => second < seconds && index < each, FAILED);
      expect(await judgeRun(lenient, { requests: failing(4, 4), mutate: saturate(20) })).toMatchObject({
        verdict: 'fail',
        because:
          'product-read failed more often in 4 of 30 s under the fault, 4 in a row; allowed 10 % and 3 in a row',
      });
      expect((await judgeRun(lenient, { requests: failing(4, 3) })).verdict).toBe('pass');
      expect((await judgeRun(lenient, { requests: failing(3, 4) })).verdict).toBe('pass');
    });
  });
});
