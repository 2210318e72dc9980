/** Random traces and random policies. */
import fc from 'fast-check';
import { KINDS, STATUSES } from '../../../../harness/evidence/otlp/span.ts';
import { ottlText } from './ottl.ts';
import type { And, Leaf, Not, TestPolicy } from './policy.ts';
import { KEYS, MESSAGES, NAMES, TEXTS, TRACE_STATES, VALUES } from './pools.ts';
import { idOf } from './reference.ts';
import { REGEX_MEANING } from './regexes.ts';
import type { Attributes, TestSpan } from './spans.ts';

/** 2026-01-01. */
const BASE_NS = 1_767_225_600_000_000_000n;
const MS = 1_000_000;
const keys = KEYS.filter((key) => key !== 'absent');

/** Few attributes, each with any value. */
const attributes: fc.Arbitrary<Attributes> = fc
  .array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...VALUES)), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));

/** Often a whole number of milliseconds, or a bit off, since that is where policies cut. */
const nanoseconds = fc
  .tuple(fc.integer({ min: 0, max: 320 }), fc.constantFrom(0, 0, 1, 999, 1000, -1, -1000, 345_678))
  .map(([ms, off]) => Math.max(0, ms * MS + off));

type Draft = Omit<TestSpan, 'traceId' | 'spanId' | 'parentId'> & { readonly isRoot: boolean };

const draft: fc.Arbitrary<Draft> = fc
  .record({
    isRoot: fc.boolean(),
    traceState: fc.oneof({ arbitrary: fc.constant(''), weight: 2 }, fc.constantFrom(...TRACE_STATES)),
    resource: fc.oneof({ arbitrary: fc.constant({}), weight: 2 }, attributes),
    name: fc.constantFrom(...NAMES),
    kind: fc.constantFrom(...KINDS),
    status: fc.constantFrom(...STATUSES),
    message: fc.constantFrom(...MESSAGES),
    from: nanoseconds,
    length: nanoseconds,
    attributes,
  })
  .map(({ from, length, ...rest }) => {
    const startNs = BASE_NS + BigInt(from);
    return { ...rest, startNs, endNs: startNs + BigInt(length) };
  });

const drafts = fc.array(draft, { minLength: 1, maxLength: 5 });

/** Traces, whose ids are those of their places in the list. */
export function traces(minLength: number, maxLength: number): fc.Arbitrary<TestSpan[][]> {
  return fc.tuple(fc.array(drafts, { minLength, maxLength, size: 'max' }), fc.nat(9999)).map(([list, seed]) =>
    list.map((spans, trace) =>
      spans.map(({ isRoot, ...span }, index) => ({
        ...span,
        traceId: idOf(`${seed}/${trace}`, 32),
        spanId: idOf(`${seed}/${trace}/${index}`, 16),
        parentId: isRoot ? '' : idOf(`${seed}/${trace}/parent`, 16),
      })),
    ),
  );
}

const key = fc.constantFrom(...KEYS);
const invert_match = fc.boolean();
const few = <Item>(...items: readonly Item[]) =>
  fc.subarray([...items], { minLength: 1, maxLength: Math.min(3, items.length) });
const bound = fc.constantFrom(0, 1, 5, 404, -3, 1000);

/** Each type of policy without parts, but for its name. */
const UNNAMED = {
  always_sample: fc.record({ type: fc.constant('always_sample' as const) }),
  latency: fc.record({
    type: fc.constant('latency' as const),
    latency: fc.record({
      threshold_ms: fc.constantFrom(-1, 0, 50, 100, 101, 300),
      upper_threshold_ms: fc.constantFrom(0, 0, 100, 250, 400),
    }),
  }),
  status_code: fc.record({
    type: fc.constant('status_code' as const),
    status_code: fc.record({ status_codes: few('OK', 'ERROR', 'UNSET') }),
  }),
  string_attribute: fc.record({
    type: fc.constant('string_attribute' as const),
    string_attribute: fc.oneof(
      fc.record({ key, invert_match, values: few(...TEXTS) }),
      fc.record({
        key,
        invert_match,
        enabled_regex_matching: fc.constant(true),
        values: few(...REGEX_MEANING.keys()),
      }),
    ),
  }),
  boolean_attribute: fc.record({
    type: fc.constant('boolean_attribute' as const),
    boolean_attribute: fc.record({ key, invert_match, value: fc.boolean() }),
  }),
  numeric_attribute: fc.record({
    type: fc.constant('numeric_attribute' as const),
    numeric_attribute: fc
      .record({ key, invert_match, min_value: bound, max_value: bound })
      .filter(({ min_value, max_value }) => min_value !== 0 || max_value !== 0),
  }),
  probabilistic: fc.record({
    type: fc.constant('probabilistic' as const),
    probabilistic: fc.record({
      sampling_percentage: fc.constantFrom(0, 5, 12.5, 50, 100, 250),
      hash_salt: fc.constantFrom('', 'pepper'),
    }),
  }),
  span_count: fc.record({
    type: fc.constant('span_count' as const),
    span_count: fc.record({ min_spans: fc.nat(4), max_spans: fc.nat(5) }),
  }),
  trace_state: fc.record({
    type: fc.constant('trace_state' as const),
    trace_state: fc.record({
      key: fc.constantFrom('vendor', 'other', 'tenant@sys', 'Bad'),
      values: few('a', ' a', 'b', ''),
    }),
  }),
  rate_limiting: fc.record({
    type: fc.constant('rate_limiting' as const),
    rate_limiting: fc.record({
      spans_per_second: fc.constantFrom(0, 1, 2, 1000),
      burst_capacity: fc.constantFrom(0, 3, 4000),
    }),
  }),
  ottl_condition: fc.record({
    type: fc.constant('ottl_condition' as const),
    ottl_condition: fc.record({
      error_mode: fc.constantFrom('ignore', 'propagate', 'silent'),
      span: fc.array(ottlText, { minLength: 1, maxLength: 2 }),
    }),
  }),
};

export type LeafType = keyof typeof UNNAMED;
export const LEAF_TYPES = Object.keys(UNNAMED) as LeafType[];

/** A policy of one type, named `name`. */
export function leaf(type: LeafType, name: string): fc.Arbitrary<Leaf> {
  return UNNAMED[type].map((unnamed) => ({ name, ...unnamed }) as Leaf);
}

export function anyLeaf(name: string): fc.Arbitrary<Leaf> {
  return fc.constantFrom(...LEAF_TYPES).chain((type) => leaf(type, name));
}

export function negated(name: string): fc.Arbitrary<Not> {
  return anyLeaf('inner').map((not_sub_policy) => ({ name, type: 'not', not: { not_sub_policy } }));
}

const parts = fc.oneof({ arbitrary: anyLeaf('part'), weight: 3 }, negated('part'));
const two = fc.array(parts, { minLength: 1, maxLength: 2 });

export function joined(name: string): fc.Arbitrary<And> {
  return two.map((and_sub_policy) => ({ name, type: 'and', and: { and_sub_policy } }));
}

export function dropping(name: string): fc.Arbitrary<TestPolicy> {
  return two.map((drop_sub_policy) => ({ name, type: 'drop', drop: { drop_sub_policy } }));
}

export function composite(name: string): fc.Arbitrary<TestPolicy> {
  return fc
    .tuple(anyLeaf('one'), fc.oneof(anyLeaf('two'), joined('two')), fc.constantFrom(4, 100), fc.nat(100))
    .map(([one, other, max_total_spans_per_second, percent]) => ({
      name,
      type: 'composite',
      composite: {
        max_total_spans_per_second,
        policy_order: ['two', 'one'],
        composite_sub_policy: [one, other],
        rate_allocation: [{ policy: 'one', percent }],
      },
    }));
}

/** Several policies of any type, in any order. */
export const policies: fc.Arbitrary<TestPolicy[]> = fc.integer({ min: 1, max: 4 }).chain((count) =>
  fc.tuple(
    ...Array.from({ length: count }, (_, index): fc.Arbitrary<TestPolicy> => {
      const name = `policy ${index}`;
      return fc.oneof(
        { arbitrary: anyLeaf(name), weight: 4 },
        { arbitrary: joined(name), weight: 2 },
        { arbitrary: dropping(name), weight: 2 },
        { arbitrary: negated(name), weight: 1 },
        { arbitrary: composite(name), weight: 1 },
      );
    }),
  ),
);
