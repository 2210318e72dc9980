/** Scenarios. */
import type { BoundAssertion } from './assertion.ts';
import type { Fault, PartFault } from './evidence.ts';
import type { ServiceEnvironment, System } from './system.ts';
import type { Json } from './values.ts';

export interface Scenario {
  readonly title: string;
  /** What is expected to happen, in a sentence that the run can refute. */
  readonly hypothesis: string;
  readonly system: System;
  readonly load: { readonly rate: number; readonly timeoutMs: number };
  readonly phases: {
    readonly warmupS: number;
    readonly baselineS: number;
    readonly faultS: number;
    readonly recoveryS: number;
    /** How often baseline and fault follow each other before the recovery, each as long as said; default 1. */
    readonly blocks?: number;
  };
  readonly faults: readonly ScenarioFault[];
  /** How services behave otherwise in this scenario, in all of its phases. */
  readonly environment?: ServiceEnvironment;
  /** What is set otherwise in the configurations of Collector and Jaeger, in all of its phases. */
  readonly configuration?: {
    readonly collector?: ConfigurationChanges;
    readonly jaeger?: ConfigurationChanges;
  };
  readonly assertions: readonly BoundAssertion[];
}

/** Settings by the path to them: `processors.tail_sampling.num_traces`. The section that holds the setting must be there. */
export type ConfigurationChanges = Readonly<Record<string, Json>>;

export interface ScenarioFault {
  /** Edge id, of the system or of the pipeline; of a fault on a part the part's name (harness/pipeline.ts). */
  readonly on: string;
  readonly fault: Fault | PartFault;
  /** Where in the fault phase it begins, as a share of the phase's length, 0 to 1; default 0. */
  readonly from?: number;
  /** Where it ends; default 1. */
  readonly until?: number;
}
