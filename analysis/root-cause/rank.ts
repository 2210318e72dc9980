import type { BlameRow } from './blame-sql.ts';
import { type Cluster, scan } from './scan.ts';

/** An edge that explains trouble. */
export interface Suspect {
  readonly caller: string;
  readonly callee: string;
  /** Larger is more likely the cause; comparable within one run only. */
  readonly score: number;
  readonly cluster: Cluster;
  /** Of the cluster's bad calls. */
  readonly failed: number;
  readonly slow: number;
  readonly missing: number;
  /** Mean of the slow calls' own time beyond the usual, microseconds; null when none was slow. */
  readonly slowerUs: number | null;
}

/** Chance that a run without any trouble is taken for one with, by bad calls that come together at random. */
const ALPHA = 0.05;
/** So many bad calls, or it is no trouble. */
const LEAST_BAD = 5;
/** Slowness comes and goes with the machine; the edge must be slow for most of its calls. */
const LEAST_SLOW_SHARE = 0.6;
/** Trouble lasts so many bins; what is shorter is a hiccup. */
const LEAST_BINS = 6;

/**
 * The edges whose bad calls come together in time too clearly for chance, the likeliest cause first; none when there is none.
 *
 * Chance: the best window's likelihood ratio is at least as large with a probability of about e^-ratio for one window, so with all windows
 * of all edges (Bonferroni) it must exceed ln(windows x edges / alpha).
 *
 * Score: that ratio times the damage per call in the window. A failed or missing call counts 1, a slow one the seconds that it
 * lost, 1 at most. So an edge on which calls wait for seconds comes before one on which they queue afterwards.
 */
export function rank(rows: readonly BlameRow[]): readonly Suspect[] {
  const edges = Map.groupBy(rows, ({ caller, callee }) => JSON.stringify([caller, callee]));
  const bins = rows.reduce((most, { bin }) => Math.max(most, bin + 1), 0);
  const suspects = [...edges.values()].flatMap((own) => {
    const suspect = suspectOf(own, bins);
    return suspect && isClear(suspect, edges.size) ? [suspect] : [];
  });
  return suspects.toSorted((a, b) => b.score - a.score);
}

function suspectOf(rows: readonly BlameRow[], bins: number): Suspect | undefined {
  const [first] = rows;
  const cluster = scan(binsOf(rows, bins), LEAST_BINS);
  if (!first || !cluster) return undefined;
  const inside = rows.filter(({ bin }) => bin >= cluster.from && bin < cluster.until);
  const sum = (value: (row: BlameRow) => number): number =>
    inside.reduce((total, row) => total + value(row), 0);
  const [failed, slow, missing] = [
    sum((row) => row.failed),
    sum((row) => row.slow),
    sum((row) => row.missing),
  ];
  const lostUs = sum((row) => row.lostUs);
  const damage = (failed + missing + lostUs / 1e6) / cluster.attempts;
  return {
    caller: first.caller,
    callee: first.callee,
    score: cluster.logRatio * damage,
    cluster,
    failed,
    slow,
    missing,
    slowerUs: slow > 0 ? sum((row) => row.slowerUs) / slow : null,
  };
}

function isClear({ cluster, failed, missing, slow }: Suspect, edges: number): boolean {
  if (cluster.bad < LEAST_BAD) return false;
  if (cluster.logRatio <= Math.log((cluster.windows * edges) / ALPHA)) return false;
  return failed + missing >= slow || cluster.bad >= LEAST_SLOW_SHARE * cluster.attempts;
}

function binsOf(rows: readonly BlameRow[], length: number) {
  const bins = Array.from({ length }, () => ({ attempts: 0, bad: 0 }));
  for (const { bin, attempts, failed, slow, missing } of rows)
    bins[bin] = { attempts, bad: failed + slow + missing };
  return bins;
}
