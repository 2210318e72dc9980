/** Policies as they stand in a configuration, for the oracle's tests. */

interface Inverted {
  readonly key: string;
  readonly invert_match?: boolean;
}

export type Leaf = { readonly name: string } & (
  | { readonly type: 'always_sample' }
  | {
      readonly type: 'latency';
      readonly latency: { readonly threshold_ms: number; readonly upper_threshold_ms?: number };
    }
  | { readonly type: 'status_code'; readonly status_code: { readonly status_codes: readonly string[] } }
  | {
      readonly type: 'string_attribute';
      readonly string_attribute: Inverted & {
        readonly values: readonly string[];
        readonly enabled_regex_matching?: boolean;
      };
    }
  | { readonly type: 'boolean_attribute'; readonly boolean_attribute: Inverted & { readonly value: boolean } }
  | {
      readonly type: 'numeric_attribute';
      readonly numeric_attribute: Inverted & { readonly min_value?: number; readonly max_value?: number };
    }
  | {
      readonly type: 'probabilistic';
      readonly probabilistic: { readonly sampling_percentage: number; readonly hash_salt?: string };
    }
  | {
      readonly type: 'span_count';
      readonly span_count: { readonly min_spans: number; readonly max_spans?: number };
    }
  | {
      readonly type: 'trace_state';
      readonly trace_state: { readonly key: string; readonly values: readonly string[] };
    }
  | {
      readonly type: 'rate_limiting';
      readonly rate_limiting: { readonly spans_per_second: number; readonly burst_capacity?: number };
    }
  | {
      readonly type: 'ottl_condition';
      readonly ottl_condition: { readonly error_mode: string; readonly span: readonly string[] };
    }
);

export interface Not {
  readonly name: string;
  readonly type: 'not';
  readonly not: { readonly not_sub_policy: Leaf };
}

export interface And {
  readonly name: string;
  readonly type: 'and';
  readonly and: { readonly and_sub_policy: readonly (Leaf | Not)[] };
}

export interface Drop {
  readonly name: string;
  readonly type: 'drop';
  readonly drop: { readonly drop_sub_policy: readonly (Leaf | Not)[] };
}

export interface Composite {
  readonly name: string;
  readonly type: 'composite';
  readonly composite: {
    readonly max_total_spans_per_second: number;
    readonly policy_order: readonly string[];
    readonly composite_sub_policy: readonly (Leaf | And)[];
    readonly rate_allocation: readonly { readonly policy: string; readonly percent: number }[];
  };
}

export type TestPolicy = Leaf | Not | And | Drop | Composite;
