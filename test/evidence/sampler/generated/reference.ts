/**
 * What the tail sampler decides, in plain TypeScript, span by span as tailsamplingprocessor v0.161.0 goes through them;
 * written from its Go source, and checked against the real one like the SQL.
 */
import { createHash } from 'node:crypto';
import { hashThreshold, traceHash } from '../../../../harness/evidence/sampler/hash.ts';
import { OTTL_MEANING } from './ottl.ts';
import type { And, Leaf, Not, TestPolicy } from './policy.ts';
import { REGEX_MEANING } from './regexes.ts';
import type { Attributes, TestSpan, Value } from './spans.ts';
import { traceStateValue } from './trace-state.ts';

export interface Decision {
  readonly keep: boolean;
  /** Of a kept trace. */
  readonly policy?: string;
}

/** @param admits what a limit on the rate says of a trace that fits into it at all */
export function decide(
  policies: readonly TestPolicy[],
  spans: readonly TestSpan[],
  admits: boolean,
): Decision {
  const by = { spans, admits };
  for (const policy of policies)
    if (policy.type === 'drop' && policy.drop.drop_sub_policy.every((part) => samples(part, by)))
      return { keep: false };
  const first = policies.find((policy) => policy.type !== 'drop' && samples(policy, by));
  return first === undefined ? { keep: false } : { keep: true, policy: first.name };
}

interface By {
  readonly spans: readonly TestSpan[];
  readonly admits: boolean;
}

function samples(policy: TestPolicy, by: By): boolean {
  switch (policy.type) {
    case 'drop':
      return false;
    case 'not':
      return !leafSamples(policy.not.not_sub_policy, by);
    case 'and':
      return policy.and.and_sub_policy.every((part: Leaf | Not) => samples(part, by));
    case 'composite': {
      const of = policy.composite;
      const part = of.composite_sub_policy.find((each: Leaf | And) => samples(each, by));
      const percent = of.rate_allocation.find((share) => share.policy === part?.name)?.percent ?? 0;
      const total = of.max_total_spans_per_second;
      const share = Math.trunc(
        percent > 0 ? (percent / 100) * total : total / of.composite_sub_policy.length,
      );
      return part !== undefined && by.spans.length <= Math.min(share, total) && by.admits;
    }
    default:
      return leafSamples(policy, by);
  }
}

function leafSamples(policy: Leaf, { spans, admits }: By): boolean {
  switch (policy.type) {
    case 'always_sample':
      return true;
    case 'latency':
      return latency(policy.latency.threshold_ms, policy.latency.upper_threshold_ms ?? 0, spans);
    case 'status_code':
      return spans.some(({ status }) => policy.status_code.status_codes.includes(status.toUpperCase()));
    case 'string_attribute': {
      const { key, values, enabled_regex_matching = false, invert_match = false } = policy.string_attribute;
      const matches = (text: string) =>
        values.some((value) =>
          enabled_regex_matching ? meaning(value).test(text) : value !== '' && value === text,
        );
      const of = (attributes: Attributes) => textOf(attributes[key]);
      const any = spans.some(
        ({ attributes, resource }) =>
          (key in resource && matches(of(resource))) ||
          (key in attributes && of(attributes) !== '' && matches(of(attributes))),
      );
      return any !== invert_match;
    }
    case 'boolean_attribute': {
      const { key, value, invert_match = false } = policy.boolean_attribute;
      const of = (found: Value | undefined) =>
        found !== undefined && ('boolValue' in found && found.boolValue) === value;
      const any = spans.some(({ attributes, resource }) => of(attributes[key]) || of(resource[key]));
      return any !== invert_match;
    }
    case 'numeric_attribute': {
      const { key, min_value = 0, max_value = 0, invert_match = false } = policy.numeric_attribute;
      const of = (found: Value | undefined) => {
        if (found === undefined) return false;
        const number = 'intValue' in found ? found.intValue : 0n;
        return (min_value === 0 || number >= min_value) && (max_value === 0 || number <= max_value);
      };
      const any = spans.some(({ attributes, resource }) => of(attributes[key]) || of(resource[key]));
      return any !== invert_match;
    }
    case 'probabilistic': {
      const { sampling_percentage, hash_salt } = policy.probabilistic;
      return traceHash(spans[0]?.traceId ?? '', hash_salt) <= hashThreshold(sampling_percentage);
    }
    case 'span_count': {
      const { min_spans, max_spans = 0 } = policy.span_count;
      return spans.length >= min_spans && (max_spans === 0 || spans.length <= max_spans);
    }
    case 'trace_state': {
      const { key, values } = policy.trace_state;
      return spans.some(({ traceState }) => {
        const value = traceStateValue(traceState, key);
        return value !== '' && values.includes(value) && key.length + value.length < 256;
      });
    }
    case 'rate_limiting': {
      const { spans_per_second, burst_capacity = 0 } = policy.rate_limiting;
      return admits && spans.length <= (burst_capacity > 0 ? burst_capacity : 2 * spans_per_second);
    }
    case 'ottl_condition':
      return spans.some((span) =>
        policy.ottl_condition.span.some((condition) => {
          const holds = OTTL_MEANING.get(condition);
          if (holds === undefined) throw new Error(`no meaning of ${condition}`);
          return holds(span);
        }),
      );
  }
}

function textOf(value: Value | undefined): string {
  return value !== undefined && 'stringValue' in value ? value.stringValue : '';
}

function meaning(pattern: string): RegExp {
  const regex = REGEX_MEANING.get(pattern);
  if (regex === undefined) throw new Error(`no meaning of the pattern ${pattern}`);
  return regex;
}

function latency(threshold: number, upper: number, spans: readonly TestSpan[]): boolean {
  let from = 0n;
  let until = 0n;
  return spans.some(({ startNs, endNs }) => {
    if (from === 0n || startNs < from) from = startNs;
    if (until === 0n || endNs > until) until = endNs;
    // BigInt division cuts towards zero, as Go's Milliseconds.
    const ms = (until - from) / 1_000_000n;
    return ms > threshold && (upper === 0 || ms <= upper);
  });
}

/** An id that looks random and is the same in each run. */
export function idOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
