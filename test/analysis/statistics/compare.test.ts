import { describe, expect, it } from 'vitest';
import { type Blocks, compare, type Margins } from '../../../analysis/statistics/compare.ts';
import { type Decision, decide } from '../../../analysis/statistics/decision.ts';
import { seeded } from '../../../analysis/statistics/random.ts';
import type { Random } from '../../../harness/contracts.ts';
import { autoregressive, second, seconds } from './series.ts';

/** Allowed for a baseline of 20 ms: 130 ms. */
const margins: Margins = {
  factor: 1.5,
  marginUs: 100_000,
  goodMargin: 0.005,
  grantedBad: 3,
  grantedSlow: 2,
  alpha: 0.05,
};

function decided(baseline: Blocks, phase: Blocks, more: Partial<Margins> = {}): readonly Decision[] {
  const { time, good } = compare(baseline, phase, 'p99', { ...margins, ...more }, seeded(1));
  return decide([time, good], 0.05);
}

describe('times', () => {
  it.each<[string, number, Decision]>([
    ['just within the margin', 130, 'kept'],
    ['just beyond it', 130.1, 'broken'],
  ])('that never vary: %s', (_, ms, decision) => {
    expect(decided([seconds(8, 20)], [seconds(14, ms)])[0]).toBe(decision);
  });

  it('that vary too much to say are undecided, on both sides of the margin', () => {
    const unsteady = (share: number) =>
      Array.from({ length: 14 }, (_, index) => second(index < share * 14 ? 900 : 20));
    expect(decided([seconds(8, 20)], [unsteady(0.43)])[0]).toBe('undecided');
    expect(decided([seconds(8, 20)], [unsteady(0.58)])[0]).toBe('undecided');
    expect(decided([seconds(8, 20)], [unsteady(0.93)])[0]).toBe('broken');
  });

  it('may be long in two seconds, however long', () => {
    const stumbled = [...seconds(12, 20), ...seconds(2, 9000)];
    expect(decided([seconds(8, 20)], [stumbled])[0]).toBe('kept');
    expect(decided([seconds(8, 20)], [[...seconds(1, 20), ...seconds(2, 9000)]])[0]).not.toBe('kept');
  });

  it('are not excused by a baseline that may have been slow by chance', () => {
    const unsteady = Array.from({ length: 8 }, (_, index) => second(index % 2 === 0 ? 20 : 600));
    expect(decided([unsteady], [seconds(14, 400)])[0]).toBe('undecided');
  });

  it('are judged when there are three seconds with one in each phase', () => {
    expect(decided([seconds(3, 20)], [seconds(3, 5000)])[0]).toBe('broken');
    expect(decided([seconds(2, 20)], [seconds(14, 20)])[0]).toBe('undecided');
    expect(decided([seconds(8, 20)], [seconds(2, 20)])[0]).toBe('undecided');
    expect(decided([seconds(8, 20)], [seconds(14, null, 50)])).toEqual(['undecided', 'broken']);
    expect(decided([], [])[0]).toBe('undecided');
  });
});

describe('good answers', () => {
  it.each<[number, Decision]>([
    [0, 'kept'],
    [3, 'kept'],
    [4, 'undecided'],
    [8, 'undecided'],
    [12, 'broken'],
    [700, 'broken'],
  ])('of 700, %i failed: %s', (bad, decision) => {
    // One a second, from the end, and all of the rest in the first seconds.
    const phase = Array.from({ length: 14 }, (_, index) => second(20, bad > 14 ? 50 : index < bad ? 1 : 0));
    expect(decided([seconds(8, 20)], [phase])[1]).toBe(decision);
  });

  it('in plenty prove a loss within the margin', () => {
    const phase = Array.from({ length: 60 }, (_, index) => second(20, index % 6 === 0 ? 1 : 0, 200));
    expect(decided([seconds(60, 20)], [phase])[1]).toBe('kept');
  });

  it('are no fewer than those of a baseline that failed as often', () => {
    expect(decided([seconds(20, 20, 1)], [seconds(30, 20, 1)])[1]).not.toBe('broken');
    expect(decided([seconds(20, 20, 1)], [seconds(30, 20, 5)])[1]).toBe('broken');
  });

  it('of no request say nothing', () => {
    expect(decided([seconds(8, 20)], [[]])[1]).not.toBe('broken');
  });
});

describe('blocks', () => {
  // The machine becomes slower and slower: from 20 ms to 320 ms, fault or not.
  const drifting = (block: number) => 20 * 2 ** block;
  const blocks = (factor: number): Blocks =>
    Array.from({ length: 5 }, (_, block) => seconds(6, drifting(block) * factor));

  it('compare each with the baseline before it', () => {
    const tight = { factor: 1.2, marginUs: 0 };
    expect(decided(blocks(1), blocks(1.1), tight)[0]).toBe('kept');
    expect(decided(blocks(1), blocks(1.4), tight)[0]).toBe('broken');
    // Taken together, the same seconds vary far too much to tell.
    expect(decided([blocks(1).flat()], [blocks(1.4).flat()], tight)[0]).toBe('undecided');
  });

  it('are believed as far as they agree', () => {
    const uneven: Blocks = [1, 1, 1, 3, 3].map((factor) => seconds(6, 20 * factor));
    expect(
      decided(
        Array.from({ length: 5 }, () => seconds(6, 20)),
        uneven,
        { factor: 2, marginUs: 0 },
      )[0],
    ).toBe('undecided');
  });
});

/**
 * Two phases of the same process, so that with a factor of 1 and no margin the truth lies on the bound: in how many of
 * a hundred the comparison says that it is kept, and that it is broken.
 */
function errorsAt(lengths: readonly [number, number], correlation: number, random: Random) {
  const times = 400;
  const counts = { kept: 0, broken: 0, undecided: 0 };
  for (let time = 0; time < times; time++) {
    const all = autoregressive(lengths[0] + lengths[1], correlation, random).map((value) =>
      second(20 * Math.exp(0.5 * value)),
    );
    const tight = { ...margins, factor: 1, marginUs: 0, grantedSlow: 0 };
    const { time: check } = compare(
      [all.slice(0, lengths[0])],
      [all.slice(lengths[0])],
      'p99',
      tight,
      seeded(time),
    );
    const [decision = 'undecided'] = decide([check], 0.05);
    counts[decision] += 1;
  }
  return { kept: (100 * counts.kept) / times, broken: (100 * counts.broken) / times };
}

// By the seed always the same; docs/guides/statistics.md has more of them, by bench/coverage.ts.
describe('of series with a known truth', () => {
  it.each([
    [8, 14, 0, 8],
    [8, 14, 0.3, 10],
    [20, 30, 0, 8],
    [20, 30, 0.6, 15],
  ] as const)(
    '%i + %i windows, correlation %d: either error in at most %d of 100',
    (before, after, correlation, most) => {
      const { kept, broken } = errorsAt([before, after], correlation, seeded(11));
      expect(kept).toBeLessThanOrEqual(most);
      expect(broken).toBeLessThanOrEqual(most);
      expect(kept + broken).toBeGreaterThan(1);
    },
    60_000,
  );
});
