import type { Outcome as KnownOutcome } from '../risks/outcomes.ts';

/** What a fault on an edge does to a route. `unknown` when the evidence does not say; it is never taken for unaffected. */
export type Outcome = KnownOutcome | 'unknown';

/** A route in a cell of the matrix: what became of it, and the figures that say so. */
export interface RouteOutcome {
  readonly route: string;
  readonly outcome: Outcome;
  /** Good answers per second under the fault, as a share of those of the baseline; null when it cannot be told. */
  readonly goodputRatio: number | null;
  /** A sentence with the figures that decided. */
  readonly because: string;
}

/** How many of the routes of which the outcome is known are touched; null when none is known. */
export interface BlastRadius {
  readonly hit: number;
  readonly known: number;
  readonly routes: number;
}

/** Routes that are not unaffected, of those that are known. */
export function blastRadius(outcomes: readonly Pick<RouteOutcome, 'outcome'>[]): BlastRadius {
  const known = outcomes.filter(({ outcome }) => outcome !== 'unknown');
  return {
    hit: known.filter(({ outcome }) => outcome !== 'unaffected').length,
    known: known.length,
    routes: outcomes.length,
  };
}
