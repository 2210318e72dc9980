/** result.json, and the reports of it. */
import type { Finding, Verdict } from './assertion.ts';
import type { BuildRecord, How, RunRecord } from './run.ts';
import type { Doubt } from './tables.ts';

/** result.json; its schema is checked by zod in harness/judge. */
export interface Result {
  readonly schema: 1;
  readonly run: string;
  readonly folder: string;
  readonly scenario: string;
  readonly title: string;
  readonly hypothesis: string;
  readonly build?: BuildRecord | undefined;
  readonly how?: How | undefined;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly because: string;
  readonly requests: {
    readonly planned: number;
    readonly sent: number;
    readonly answered: number;
    /** Sent per second over the measured phases (warm-up left out). */
    readonly rate: number;
  };
  readonly assertions: readonly ({ readonly id: string; readonly title: string } & Finding)[];
  readonly fate: readonly {
    readonly promise: string | null;
    readonly promised: string;
    readonly predicted: string;
    readonly observed: string;
    readonly count: number;
  }[];
  /** Up to 1,000; `lostCount` counts all. */
  readonly lost: readonly {
    readonly traceId: string;
    readonly promised: string;
    readonly stage: string;
    readonly route: string;
  }[];
  readonly lostCount: number;
  /** What went into each stage of the pipeline, came out, and was lost by its own account; absent in earlier results. */
  readonly conservation?: readonly ConservedStage[] | undefined;
  /** Per route and phase, latency counted from when the request was due. */
  readonly routes: readonly {
    readonly route: string;
    readonly phase: string;
    readonly requests: number;
    readonly failed: number;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly p99Ms: number | null;
  }[];
  readonly tools: Readonly<Record<string, string>>;
  readonly phases: readonly { readonly name: string; readonly start: string; readonly end: string }[];
  readonly problem?: RunRecord['problem'];
  /** Of the gatherers, and of the judge: whether the recording is complete, files changed since the run, impossible rows. */
  readonly doubts: readonly Doubt[];
  /** Of the gatherers, what of the sampler's decisions could not be predicted, and files that were added since the run. */
  readonly notes: readonly string[];
  readonly cleanupProblems: readonly string[];
  readonly timings: Readonly<Record<string, number>>;
}

/** One stage of the pipeline over the whole run: in = out + losses + unaccounted. */
export interface ConservedStage {
  readonly stage: 'sdk' | 'receiver' | 'recorder' | 'sampler' | 'exporter' | 'archive';
  readonly unit: 'spans' | 'traces';
  readonly in: number;
  readonly out: number;
  readonly losses: readonly { readonly stage: string; readonly count: number }[];
  /** What neither came out nor is a loss that somebody counted; below 0: more came out than went in. */
  readonly unaccounted: number;
  /** How much may be unaccounted for a known reason: what was counted between the last look at the counters and an end. */
  readonly tolerance: number;
}

/** A file of reports/ exports one by default: a pure function of the result. */
export interface Report {
  /** The file's name. */
  readonly id: string;
  /** Written under this name into the run folder; undefined = shown on the terminal only. */
  readonly fileName?: string;
  render(result: Result, options: { readonly color: boolean; readonly width: number }): string;
}
