/** Statistics of a series of windows, at any selection of its places. */
import type { Quantile, Window } from './window-series.ts';

/** Gives a number for a selection of the places of a series; a place may be there several times. */
export type Statistic = (places: Int32Array) => number;

/** The quantile in each window; a window in which no request has a time is left out. */
export function timesOf(windows: readonly Window[], quantile: Quantile): readonly number[] {
  return windows.flatMap((window) => window[quantile] ?? []);
}

/** The median of the values, the mean of the two in the middle when their number is even; NaN for none. */
export function medianOf(values: readonly number[]): Statistic {
  const sorted = values.toSorted((a, b) => a - b);
  const order = values.map((_, place) => place).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Int32Array(values.length);
  order.forEach((place, rank) => {
    ranks[place] = rank;
  });
  const counts = new Int32Array(values.length);
  return (places) => {
    counts.fill(0);
    for (const place of places) {
      const rank = ranks[place] ?? 0;
      counts[rank] = (counts[rank] ?? 0) + 1;
    }
    const lower = sorted[rankAt(counts, Math.floor((places.length - 1) / 2))] ?? Number.NaN;
    const upper = sorted[rankAt(counts, Math.ceil((places.length - 1) / 2))] ?? Number.NaN;
    return (lower + upper) / 2;
  };
}

/** The rank of the value that has so many before it. */
function rankAt(counts: Int32Array, before: number): number {
  let seen = 0;
  for (let rank = 0; rank < counts.length; rank++) {
    seen += counts[rank] ?? 0;
    if (seen > before) return rank;
  }
  return -1;
}

/** Share of the requests that were not good; 0 for no request. */
export function badShareOf(windows: readonly Pick<Window, 'requests' | 'good'>[]): Statistic {
  const requests = windows.map((window) => window.requests);
  const good = windows.map((window) => window.good);
  return (places) => {
    let all = 0;
    let bad = 0;
    for (const place of places) {
      all += requests[place] ?? 0;
      bad += (requests[place] ?? 0) - (good[place] ?? 0);
    }
    return all === 0 ? 0 : bad / all;
  };
}

/** The value over the whole series. */
export function overAll(statistic: Statistic, windows: number): number {
  return statistic(Int32Array.from({ length: windows }, (_, place) => place));
}
