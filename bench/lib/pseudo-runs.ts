/** Runs made of the windows of a run without a fault: nothing differs between their phases but what is planted. */
import { resample } from '../../analysis/statistics/bootstrap.ts';
import type { PhaseWindow } from '../../analysis/statistics/window-series.ts';
import type { PhaseName, Random } from '../../harness/contracts.ts';

export interface Lengths {
  readonly baseline: number;
  readonly fault: number;
  readonly recovery: number;
}

/** What is planted in a window of the fault phase. */
export type Plant = (window: PhaseWindow, random: Random) => PhaseWindow;

/** Mean length of the stretches that are taken over as they are, so that their correlation is kept: far above its memory. */
const STRETCH_S = 10;

/**
 * Windows of a pseudo run by route: the same seconds for all routes, in stretches of the order in which they were, taken with
 * replacement (Politis & Romano 1994). The routes' series must be equally long.
 */
export function pseudoRun(
  series: readonly (readonly PhaseWindow[])[],
  lengths: Lengths,
  plantIn: (route: number) => Plant,
  random: Random,
): readonly (readonly PhaseWindow[])[] {
  const seconds = series[0]?.length ?? 0;
  const total = lengths.baseline + lengths.fault + lengths.recovery;
  const places: number[] = [];
  while (places.length < total)
    resample(seconds, { length: STRETCH_S, times: 1, random }, (taken) => places.push(...taken));
  return series.map((windows, route) =>
    places.slice(0, total).flatMap((place, index) => {
      const window = windows[place];
      if (!window) return [];
      const { phase, second } = placeOf(index, lengths);
      const moved = { ...window, phase, second, block: 0, startUs: index * 1e6 };
      return [phase === 'fault' ? plantIn(route)(moved, random) : moved];
    }),
  );
}

function placeOf(index: number, { baseline, fault }: Lengths): { phase: PhaseName; second: number } {
  if (index < baseline) return { phase: 'baseline', second: index };
  if (index < baseline + fault) return { phase: 'fault', second: index - baseline };
  return { phase: 'recovery', second: index - baseline - fault };
}

/** All times so many times as long. */
export function slower(factor: number): Plant {
  const times = (value: number | null): number | null => (value === null ? null : value * factor);
  return (window) => ({
    ...window,
    p50: times(window.p50),
    p95: times(window.p95),
    p99: times(window.p99),
  });
}

/** Each request fails with that probability, independently of the others. */
export function failing(probability: number): Plant {
  return (window, random) => {
    let good = 0;
    for (let each = 0; each < window.good; each++) if (random() >= probability) good += 1;
    return { ...window, good };
  };
}

/** As it was. */
export const nothing: Plant = (window) => window;
