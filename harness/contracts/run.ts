/** run.json. */
import type { Phase } from './phase.ts';
import type { PartKind } from './stack.ts';
import type { Edge, Protection, SamplingPromise, ServiceEnvironment } from './system.ts';
import type { Doubt, Source } from './tables.ts';
import type { Json } from './values.ts';

/** run.json: all that the judge needs to know of a run beside the tables, so that a folder is judged on its own. */
export interface RunRecord {
  readonly schema: 1;
  readonly id: string;
  readonly scenario: string;
  readonly title: string;
  readonly hypothesis: string;
  readonly seed: number;
  readonly startedAt: string;
  /** completed: all phases ran. broken: a part died. Only completed runs can pass. */
  readonly status: 'completed' | 'broken' | 'interrupted';
  /** When broken: what died and its log tail. */
  readonly problem?: {
    readonly part: string;
    readonly partKind: PartKind;
    readonly message: string;
    readonly logTail: string;
  };
  readonly system: {
    readonly name: string;
    readonly entry: string;
    readonly services: Readonly<
      Record<
        string,
        {
          readonly kind: string;
          readonly criticality: string;
          /** Whether it answers the metrics of its SDK; absent in runs of before it was recorded. */
          readonly metrics?: boolean;
        }
      >
    >;
    readonly edges: readonly Edge[];
    readonly promises: readonly SamplingPromise[];
    readonly routes: readonly string[];
    /** Of all mitigations, whether on or off; absent in runs of before it was recorded. */
    readonly protections?: readonly (Protection & { readonly mitigation: string })[];
  };
  /** Which build of the system ran, and its mitigations that were on and off; absent when the system has none. */
  readonly build?: BuildRecord;
  /** Absent in runs of before it was recorded. */
  readonly how?: How;
  /** sha256 of each file of evidence/ by its name, as the run left it; absent in runs of before it was recorded. */
  readonly evidence?: Readonly<Record<string, string>>;
  readonly load: {
    readonly driver: string;
    readonly rate: number;
    readonly timeoutMs: number;
    readonly planned: number;
  };
  /** In the order of time; with blocks, baseline and fault are there once a block. */
  readonly phases: readonly Phase[];
  /** Each fault of the scenario, once a block. */
  readonly faults: readonly {
    readonly on: string;
    readonly id: string;
    readonly parameters: Readonly<Record<string, number>>;
    readonly fromUs?: number;
    readonly untilUs?: number;
  }[];
  readonly assertions: readonly { readonly id: string; readonly options: Readonly<Record<string, Json>> }[];
  /** Whether the archive was stable when it was read; if not, absence proves nothing. */
  readonly settled: { readonly ok: boolean; readonly waitedS: number; readonly detail: string };
  readonly tools: Readonly<Record<string, string>>;
  /** Whether what went on after the last answer was done when the books were read; absent when nothing does. */
  readonly atRest?: { readonly ok: boolean; readonly waitedS: number; readonly detail: string };
  /** What the gatherers know to be incomplete or duplicated. */
  readonly doubts: readonly Doubt[];
  /** What the gatherers found remarkable but harmless, a sentence each. */
  readonly notes: readonly string[];
  /** Sources that could not be gathered, and why. */
  readonly missing: Readonly<Partial<Record<Source, string>>>;
  /** Empty when all was reverted, stopped and removed. */
  readonly cleanupProblems: readonly string[];
  /** Seconds from the end of the load: to a stable archive, to all evidence stored. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface BuildRecord {
  readonly id: string;
  readonly on: readonly string[];
  readonly off: readonly string[];
}

/** How a run was made: what the command line, the code and the machine add to the scenario. */
export interface How {
  /** False with --no-fault. */
  readonly faultsApplied: boolean;
  /** Settings of services that the user gave (--env), without those of the build. */
  readonly environment: ServiceEnvironment;
  readonly configurations: { readonly collector: ConfigurationRecord; readonly jaeger: ConfigurationRecord };
  /** Of chaoscope. */
  readonly version: string;
  /** The checkout that ran; null when there is none. Dirty: with changes or files that are in no commit. */
  readonly git: { readonly revision: string; readonly isDirty: boolean } | null;
  readonly machine: {
    readonly cores: number;
    readonly memoryBytes: number;
    readonly kernel: string;
    readonly node: string;
  };
}

export interface ConfigurationRecord {
  /** As the user gave it, or `shipped`. */
  readonly file: string;
  /** Of the copy in the run's folder. */
  readonly sha256: string;
}
