import { expect, it } from 'vitest';
import { seeded } from '../../analysis/statistics/random.ts';
import type { PhaseWindow } from '../../analysis/statistics/window-series.ts';
import { failing, nothing, pseudoRun, slower } from '../../bench/lib/pseudo-runs.ts';
import { boundsFor, verdictOf } from '../../bench/lib/pseudo-verdict.ts';

const LENGTHS = { baseline: 8, fault: 14, recovery: 10 };
const ROUTES = ['product-list', 'product-page'];

/** Two routes, whose times tell the second and the route. */
const series = [1, 2].map((route) =>
  Array.from({ length: 30 }, (_, second): PhaseWindow => {
    const us = route * 1000 + second;
    return {
      phase: 'baseline',
      block: 0,
      second,
      startUs: second * 1e6,
      requests: 50,
      good: 50,
      p50: us,
      p95: us,
      p99: us,
    };
  }),
);

it('a pseudo run has the same seconds of each route, in phases of their lengths', () => {
  const [list = [], page = []] = pseudoRun(series, LENGTHS, () => nothing, seeded(1));
  expect(list.map(({ phase }) => phase[0]).join('')).toBe(
    `${'b'.repeat(8)}${'f'.repeat(14)}${'r'.repeat(10)}`,
  );
  expect(page.map(({ p99 }) => (p99 ?? 0) - 1000)).toEqual(list.map(({ p99 }) => p99));
  const follows = list.filter(({ p99 }, index) => (p99 ?? 0) - 1 === list[index - 1]?.p99).length;
  expect(follows).toBeGreaterThan(20);
});

it('what is planted is in the fault phase of its route only', () => {
  const plantIn = (route: number) => (route === 0 ? slower(100) : nothing);
  const [list = [], page = []] = pseudoRun(series, LENGTHS, plantIn, seeded(1));
  for (const { phase, p99 } of list) expect((p99 ?? 0) > 50_000).toBe(phase === 'fault');
  for (const { p99 } of page) expect(p99).toBeLessThan(50_000);
});

it.each([
  [nothing, 'pass'],
  [slower(1000), 'fail'],
  [failing(0.5), 'fail'],
  [failing(1), 'fail'],
] as const)('its verdict is that of the assertion (%#)', (plant, verdict) => {
  const windows = pseudoRun(series, LENGTHS, (route) => (route === 0 ? plant : nothing), seeded(1));
  expect(verdictOf(ROUTES, windows, LENGTHS, 1, boundsFor(ROUTES, 95))).toEqual({
    comparison: verdict,
    whole: verdict,
  });
});
