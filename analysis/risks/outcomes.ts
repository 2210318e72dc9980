/**
 * What can be done to an edge to see what depends on it. `down`, `reset`: each call fails at once. `blackhole`: it is
 * taken and never answered. `latency-below`, `latency-above`: each answer comes later, by less and by more than the
 * time-out that the edge's caller has, or would have with every mitigation on.
 */
export const FAULTS = ['down', 'blackhole', 'latency-below', 'latency-above', 'reset'] as const;
export type FaultKind = (typeof FAULTS)[number];

/** By which share of the time-out `latency-below` delays an answer, where predictions depend on it. */
export const BELOW_SHARE = 0.5;

/**
 * What becomes of a route's answers while an edge is at fault. failed: half of the good answers or more are gone.
 * degraded: good answers are fewer, or noticeably later, or lesser ones (such as 202 where 201 is usual). unaffected: none of it.
 */
export const OUTCOMES = ['unaffected', 'degraded', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Prediction {
  readonly route: string;
  /** Edge id. */
  readonly edge: string;
  readonly fault: FaultKind;
  readonly outcome: Outcome;
  /** Ids of the edges by which the damage climbs from the faulty edge to the entry service, as far as it comes. */
  readonly path: readonly string[];
  /** Why, in a sentence with the numbers that were seen. */
  readonly because: string;
}

/** The worse of two outcomes. */
export function worse(one: Outcome, other: Outcome): Outcome {
  return OUTCOMES.indexOf(one) >= OUTCOMES.indexOf(other) ? one : other;
}
