/**
 * The tail sampler's policies as data, read from the processor's configuration. A policy type that is not understood
 * becomes `unknown` with a warning: what it decides is then predicted by nobody.
 */
import { DEFAULT_SALT } from './hash.ts';

export type Condition =
  | { readonly kind: 'always' }
  | { readonly kind: 'latency'; readonly thresholdMs: number; readonly upperMs: number }
  | { readonly kind: 'status'; readonly codes: readonly ('ok' | 'error' | 'unset')[] }
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
  | { readonly kind: 'and'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'unknown'; readonly type: string };

export interface Policy {
  readonly name: string;
  /** A drop policy wins over every other; it drops when its condition holds. */
  readonly drop: boolean;
  readonly condition: Condition;
}

type Settings = Readonly<Record<string, unknown>>;

/** Reads the processor's `policies` list. Adds to `warnings` what cannot be predicted, and why. */
export function readPolicies(list: unknown, warnings: string[]): Policy[] {
  if (!Array.isArray(list)) return [];
  return list.map((entry, index) => {
    const settings = settingsOf(entry);
    const name = String(settings['name'] ?? `#${index + 1}`);
    const drop = settings['type'] === 'drop';
    const condition = drop
      ? all(settingsOf(settings['drop'])['drop_sub_policy'], name, warnings)
      : readCondition(settings, name, warnings);
    return { name, drop, condition };
  });
}

function readCondition(policy: Settings, name: string, warnings: string[]): Condition {
  const type = String(policy['type']);
  const of = settingsOf(policy[type]);
  switch (type) {
    case 'always_sample':
      return { kind: 'always' };
    case 'latency':
      return {
        kind: 'latency',
        thresholdMs: num(of['threshold_ms']),
        upperMs: num(of['upper_threshold_ms']),
      };
    case 'status_code':
      return { kind: 'status', codes: strings(of['status_codes']).map(statusCode) };
    case 'string_attribute': {
      const regex = of['enabled_regex_matching'] === true;
      return {
        kind: 'string',
        key: String(of['key'] ?? ''),
        // Exact matching skips empty values; an empty regular expression is one that matches everything.
        values: strings(of['values']).filter((value) => regex || value !== ''),
        regex,
        invert: of['invert_match'] === true,
      };
    }
    case 'boolean_attribute':
      return {
        kind: 'boolean',
        key: String(of['key'] ?? ''),
        value: of['value'] === true,
        invert: of['invert_match'] === true,
      };
    case 'numeric_attribute': {
      const min = num(of['min_value']) || undefined;
      const max = num(of['max_value']) || undefined;
      const invert = of['invert_match'] === true;
      return { kind: 'numeric', key: String(of['key'] ?? ''), min, max, invert };
    }
    case 'probabilistic':
      return {
        kind: 'probabilistic',
        percent: num(of['sampling_percentage']),
        salt: String(of['hash_salt'] ?? '') || DEFAULT_SALT,
      };
    case 'span_count':
      return { kind: 'spanCount', min: num(of['min_spans']), max: num(of['max_spans']) };
    case 'and':
      return all(of['and_sub_policy'], name, warnings);
    case 'not':
      return { kind: 'not', of: readCondition(settingsOf(of['not_sub_policy']), name, warnings) };
    default:
      warnings.push(
        `policy ${name}: type ${type} is not predicted; traces that only it can decide are 'unknown'`,
      );
      return { kind: 'unknown', type };
  }
}

function all(list: unknown, name: string, warnings: string[]): Condition {
  const parts = Array.isArray(list) ? list : [];
  return { kind: 'and', of: parts.map((part) => readCondition(settingsOf(part), name, warnings)) };
}

function settingsOf(value: unknown): Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : {};
}

function num(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function statusCode(code: string): 'ok' | 'error' | 'unset' {
  return code === 'ERROR' ? 'error' : code === 'OK' ? 'ok' : 'unset';
}
