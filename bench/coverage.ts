/**
 * `npm run bench:coverage`: how often the comparison of phases errs on series with a known truth. Two phases of the same
 * autoregressive process of first order (logarithms of times), compared with no margin at all, so that the truth lies on
 * the bound: the worst case. At 95 % confidence 5 of 100 are due to be called kept, and 5 broken.
 */
import { compare } from '../analysis/statistics/compare.ts';
import { decide } from '../analysis/statistics/decision.ts';
import { seeded } from '../analysis/statistics/random.ts';
import type { Window } from '../analysis/statistics/window-series.ts';
import { autoregressive, second } from '../test/analysis/statistics/series.ts';
import { print } from './lib/table.ts';

const TIMES = 600;
const SPREAD = 0.5;
const LENGTHS = [
  [8, 14],
  [20, 30],
  [60, 60],
  [200, 200],
] as const;
const MARGINS = { factor: 1, marginUs: 0, goodMargin: 1, grantedBad: 0, grantedSlow: 0, alpha: 0.05 };

const random = seeded(1);

function series(length: number, correlation: number): readonly Window[] {
  return autoregressive(length, correlation, random).map((value) => second(20 * Math.exp(SPREAD * value)));
}

const rows = LENGTHS.flatMap(([before, after]) =>
  [0, 0.3, 0.6, 0.8].map((correlation) => {
    const counts = { kept: 0, broken: 0, undecided: 0 };
    for (let time = 0; time < TIMES; time++) {
      const windows = series(before + after, correlation);
      const { time: check } = compare(
        [windows.slice(0, before)],
        [windows.slice(before)],
        'p99',
        MARGINS,
        seeded(time),
      );
      const [decision = 'undecided'] = decide([check], MARGINS.alpha);
      counts[decision] += 1;
    }
    const percent = (count: number): string => `${((100 * count) / TIMES).toFixed(1)} %`;
    return {
      windows: `${before} + ${after}`,
      correlation,
      'called kept': percent(counts.kept),
      'called broken': percent(counts.broken),
    };
  }),
);
print(`${TIMES} comparisons each, the truth on the bound, confidence 95 %`, rows);
