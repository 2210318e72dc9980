/** The tail sampler's policies as data: what is read from the configuration and compiled to SQL. */
import type { OttlExpression } from './ottl.ts';

export type StatusCode = 'ok' | 'error' | 'unset';

export type Condition =
  | { readonly kind: 'always' }
  | { readonly kind: 'latency'; readonly thresholdMs: number; readonly upperMs: number }
  | { readonly kind: 'status'; readonly codes: readonly StatusCode[] }
  | {
      readonly kind: 'string';
      readonly key: string;
      readonly values: readonly string[];
      readonly regex: boolean;
      readonly invert: boolean;
    }
  | { readonly kind: 'boolean'; readonly key: string; readonly value: boolean; readonly invert: boolean }
  | {
      readonly kind: 'numeric';
      readonly key: string;
      /** Undefined = unbounded: the processor takes 0 as 'not given'. */
      readonly min: number | undefined;
      readonly max: number | undefined;
      readonly invert: boolean;
    }
  | { readonly kind: 'probabilistic'; readonly percent: number; readonly salt: string }
  | { readonly kind: 'spanCount'; readonly min: number; readonly max: number }
  | { readonly kind: 'traceState'; readonly key: string; readonly values: readonly string[] }
  /** Holds when it holds for any span. */
  | { readonly kind: 'ottl'; readonly expression: OttlExpression }
  /** A bucket of tokens: which traces get through depends on when they were decided. */
  | { readonly kind: 'rateLimit'; readonly spansPerSecond: number; readonly burstSpans: number }
  | { readonly kind: 'and'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** The first part that holds decides, within its share of spans a second. */
  | { readonly kind: 'composite'; readonly of: readonly CompositePart[] }
  | { readonly kind: 'unknown'; readonly type: string };

export interface CompositePart {
  readonly condition: Condition;
  /** A trace of more spans never gets through. */
  readonly spansPerSecond: number;
}

export interface Policy {
  readonly name: string;
  /** A drop policy wins over every other; it drops when its condition holds. */
  readonly drop: boolean;
  readonly condition: Condition;
}
