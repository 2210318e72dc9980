import { wilson } from '../lib/wilson.ts';

/** A run of which it is known what was broken, and the ranking that was made without knowing it. */
export interface Case {
  readonly run: string;
  /** The broken edge; null when nothing was broken. */
  readonly truth: string | null;
  /** Suspected edges, the likeliest first. */
  readonly suspects: readonly string[];
}

export interface Hits {
  readonly hits: number;
  readonly share: number;
  /** Wilson interval, 95 %. */
  readonly low: number;
  readonly high: number;
}

export interface Score {
  readonly cases: number;
  /** Those of them in which nothing was broken. */
  readonly withoutFault: number;
  /** The broken edge comes first; without a fault: nothing is suspected. */
  readonly top1: Hits;
  /** The broken edge is among the first three; without a fault: nothing is suspected. */
  readonly top3: Hits;
  /** Cases that are no hit of top1. */
  readonly misses: readonly Case[];
}

/** How often the ranking is right; null without a case. */
export function scoreOf(cases: readonly Case[]): Score | null {
  if (cases.length === 0) return null;
  const hits = (most: number): Hits => {
    const right = cases.filter((each) => isHit(each, most)).length;
    return { hits: right, share: right / cases.length, ...wilson(right, cases.length) };
  };
  return {
    cases: cases.length,
    withoutFault: cases.filter(({ truth }) => truth === null).length,
    top1: hits(1),
    top3: hits(3),
    misses: cases.filter((each) => !isHit(each, 1)),
  };
}

function isHit({ truth, suspects }: Case, most: number): boolean {
  return truth === null ? suspects.length === 0 : suspects.slice(0, most).includes(truth);
}
