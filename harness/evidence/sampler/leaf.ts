/** Policies that have no parts, as the Collector reads them; getSharedPolicyEvaluator in processor.go. */
import type { Condition, StatusCode } from './condition.ts';
import { DEFAULT_SALT } from './hash.ts';
import { parseOttl } from './ottl-parser.ts';
import { checkRegex } from './regex.ts';
import {
  CannotPredict,
  decimal,
  flag,
  list,
  type Settings,
  section,
  text,
  texts,
  whole,
} from './settings.ts';

/**
 * @param shards the processor's num_shards, which share the rates among them
 * @throws CannotPredict
 */
export function leafCondition(type: string, policy: Settings, shards: number): Condition {
  const of = section(policy[type], type);
  switch (type) {
    case 'always_sample':
      return { kind: 'always' };
    case 'latency': {
      const upperMs = whole(of['upper_threshold_ms'], 'upper_threshold_ms');
      return { kind: 'latency', thresholdMs: whole(of['threshold_ms'], 'threshold_ms'), upperMs };
    }
    case 'status_code':
      return { kind: 'status', codes: statusCodes(of) };
    case 'string_attribute':
      return stringAttribute(of);
    case 'boolean_attribute': {
      const invert = flag(of['invert_match'], 'invert_match');
      return { kind: 'boolean', key: text(of['key'], 'key'), value: flag(of['value'], 'value'), invert };
    }
    case 'numeric_attribute':
      return numericAttribute(of);
    case 'probabilistic': {
      const percent = decimal(of['sampling_percentage'], 'sampling_percentage');
      return { kind: 'probabilistic', percent, salt: text(of['hash_salt'], 'hash_salt') || DEFAULT_SALT };
    }
    case 'span_count': {
      const min = whole(of['min_spans'], 'min_spans');
      return { kind: 'spanCount', min, max: whole(of['max_spans'], 'max_spans') };
    }
    case 'trace_state':
      return { kind: 'traceState', key: text(of['key'], 'key'), values: texts(of['values'], 'values') };
    case 'rate_limiting':
      return rateLimiting(of, shards);
    case 'ottl_condition':
      return ottlCondition(of);
    case 'bytes_limiting':
      throw new CannotPredict('which traces get through depends on when they are decided');
    case 'trace_flags':
      throw new CannotPredict('the flags of spans are not recorded');
    default:
      throw new CannotPredict('the Collector does not know it, or not at this place');
  }
}

const STATUS_CODES: Readonly<Record<string, StatusCode>> = { OK: 'ok', ERROR: 'error', UNSET: 'unset' };

function statusCodes(of: Settings): StatusCode[] {
  const codes = texts(of['status_codes'], 'status_codes').map((name) => {
    const code = Object.hasOwn(STATUS_CODES, name) ? STATUS_CODES[name] : undefined;
    if (code === undefined) throw new CannotPredict(`the Collector refuses the status code ${name}`);
    return code;
  });
  if (codes.length === 0) throw new CannotPredict('the Collector refuses it without status codes');
  return codes;
}

function stringAttribute(of: Settings): Condition {
  const regex = flag(of['enabled_regex_matching'], 'enabled_regex_matching');
  // Exact matching skips empty values; an empty regular expression is one that matches everything.
  const values = texts(of['values'], 'values').filter((value) => regex || value !== '');
  if (regex) values.forEach(checkRegex);
  const invert = flag(of['invert_match'], 'invert_match');
  return { kind: 'string', key: text(of['key'], 'key'), values, regex, invert };
}

function numericAttribute(of: Settings): Condition {
  const min = whole(of['min_value'], 'min_value') || undefined;
  const max = whole(of['max_value'], 'max_value') || undefined;
  if (min === undefined && max === undefined)
    throw new CannotPredict('without bounds other than 0 the Collector dies of it at its first decision');
  const invert = flag(of['invert_match'], 'invert_match');
  return { kind: 'numeric', key: text(of['key'], 'key'), min, max, invert };
}

/** The bucket is not divided among the shards, and holds two seconds when the configuration says nothing. */
function rateLimiting(of: Settings, shards: number): Condition {
  const rate = whole(of['spans_per_second'], 'spans_per_second');
  const burst = whole(of['burst_capacity'], 'burst_capacity');
  if (rate < 0) throw new CannotPredict('a negative rate');
  return {
    kind: 'rateLimit',
    spansPerSecond: divided(rate, shards),
    burstSpans: burst > 0 ? burst : 2 * rate,
  };
}

/** A limit that the shards share; divideRate in sharded_processor.go. */
export function divided(rate: number, shards: number): number {
  return rate <= 0 ? rate : Math.max(1, Math.trunc(rate / shards));
}

/** Any of the conditions, for any span; ottl.go. */
function ottlCondition(of: Settings): Condition {
  if (list(of['spanevent'], 'spanevent').length > 0)
    throw new CannotPredict('conditions on span events are outside of the subset');
  const conditions = texts(of['span'], 'span');
  if (conditions.length === 0) throw new CannotPredict('the Collector refuses it without conditions');
  const [first, ...others] = conditions.map(parseOttl);
  if (first === undefined || others.length === 0)
    return { kind: 'ottl', expression: first ?? { kind: 'constant', value: false } };
  return { kind: 'ottl', expression: { kind: 'or', of: [first, ...others] } };
}
