import type { SamplingPromise } from '../../../harness/contracts.ts';
import type { Configuration } from './configuration.ts';

export type Severity = 'error' | 'warning' | 'info';

/** What was promised, and the traffic for which it is looked at. */
export interface Expectations {
  /** Whose promises they are. */
  readonly of: string;
  /** The first that applies to a trace decides; the last one applies to all. */
  readonly promises: readonly SamplingPromise[];
  readonly ratePerS: number;
  /** Shares of the traces, 0 to 1. */
  readonly errorShare: number;
  readonly slowShare: number;
  readonly bytesPerTrace: number;
  readonly pricePerGb: number;
  /** The longest that a trace takes: the longest time-out. */
  readonly longestMs: number;
  /** Collectors that share the traffic. */
  readonly collectors: number;
}

/** What a finding costs. */
export interface Effect {
  /** Traces that were promised, or that are kept beyond what was promised. */
  readonly direction: 'lost' | 'surplus';
  readonly tracesPerS: number;
  readonly gbPerDay: number;
  readonly moneyPerDay: number;
  /** The share of the traffic is not known: the figures are for each per cent of it. */
  readonly perPercentOfTraffic: boolean;
}

/** What a rule says of one place of the configuration. */
export interface Remark {
  readonly severity: Severity;
  readonly line: number;
  /** What is wrong. */
  readonly what: string;
  readonly consequence: string;
  /** Null when it costs nothing, or when it cannot be told how much. */
  readonly effect: Effect | null;
  readonly remedy: string;
  /** To be put into the configuration. */
  readonly yaml?: string;
}

export interface LintFinding extends Remark {
  /** Id of the rule. */
  readonly rule: string;
}

/** What a file of analysis/sampling-lint exports by default: a pure function of configuration and expectations. */
export interface LintRule {
  /** The file's name. */
  readonly id: string;
  /** What it looks for. */
  readonly title: string;
  check(configuration: Configuration, expectations: Expectations): readonly Remark[];
}
