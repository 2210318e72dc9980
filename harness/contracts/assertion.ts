/** Assertions and what they find. */
import type { ZodType } from 'zod';
import type { Evidence } from './evidence.ts';
import type { PhaseName } from './phase.ts';
import type { Source } from './tables.ts';
import type { Figures, Json } from './values.ts';

export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'error';

export interface Finding {
  readonly verdict: Verdict;
  /** What must hold, with its bounds: `every one of 2,412 error traces kept whole`. */
  readonly expected: string;
  readonly observed: string;
  /** The numbers behind it; keys in camelCase with the unit. */
  readonly figures: Figures;
  /** Up to 10 trace ids to look at. */
  readonly examples: readonly string[];
  /** Why it failed or is inconclusive, and what to do; empty when it passes. */
  readonly because?: string;
}

/** What a file of assertions/ exports by default; made with `defineAssertion` of assertions' own helper. */
export interface Assertion<Options extends object = object> {
  /** The file's name. */
  readonly id: string;
  readonly title: string;
  /** The promise it checks, as a sentence for the README. */
  readonly promise: string;
  readonly needs: readonly Source[];
  readonly options: ZodType<Options>;
  /** It weighs doubts on the evidence itself, since what is missing is its subject: the judge leaves its verdict alone. */
  readonly weighsDoubts?: true;
  judge(evidence: Evidence, options: Options): Promise<Finding>;
}

/** How long phases must be; those that are not named may have any length. */
export type LeastSeconds = Readonly<Partial<Record<PhaseName, number>>>;

/** An assertion with its options checked; this is what a scenario lists. */
export interface BoundAssertion {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly Source[];
  readonly options: Readonly<Record<string, Json>>;
  readonly weighsDoubts?: true;
  /** Seconds of phases below which it can only be inconclusive. */
  readonly leastSeconds?: LeastSeconds;
  judge(evidence: Evidence): Promise<Finding>;
}
