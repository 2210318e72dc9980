/** The tail sampler's policies as data, each part with its line. */
import type { Section } from './section.ts';

interface Of<Kind extends string> {
  readonly kind: Kind;
  /** Of the policy's `type`, as it stands in the file. */
  readonly type: string;
  readonly name: string;
  /** Of what decides: the threshold, the key …; else of the policy. */
  readonly line: number;
}

export interface StringMatch {
  readonly key: string;
  readonly values: readonly string[];
  readonly isRegex: boolean;
  readonly isInverted: boolean;
}

export type Condition =
  | Of<'always'>
  | (Of<'latency'> & { readonly thresholdMs: number; readonly upperMs: number })
  | (Of<'status'> & { readonly codes: readonly string[] })
  | (Of<'string'> & StringMatch)
  | (Of<'attribute'> & {
      readonly key: string;
      readonly isInverted: boolean;
      /** A numeric_attribute needs one. */
      readonly hasBounds: boolean;
    })
  | (Of<'probabilistic'> & { readonly percent: number })
  | (Of<'spanCount'> & { readonly min: number; readonly max: number })
  | (Of<'ottl'> & { readonly texts: readonly string[] })
  | (Of<'and' | 'composite'> & { readonly of: readonly Condition[] })
  | (Of<'not'> & { readonly of: Condition })
  /** A type whose decision cannot be told from the configuration, such as rate_limiting. */
  | Of<'unknown'>;

export interface Policy {
  readonly name: string;
  readonly type: string;
  readonly line: number;
  /** It drops what its condition holds for, and wins over every other. */
  readonly isDrop: boolean;
  readonly condition: Condition;
}

export function readPolicy(section: Section): Policy {
  const condition = readCondition(section);
  const { name, type } = condition;
  return { name, type, line: section.line, isDrop: type === 'drop', condition };
}

function readCondition(section: Section): Condition {
  const name = section.text('name') ?? '';
  const type = section.text('type') ?? '';
  const settings = section.child(type);
  const base = { name, type, line: section.line };
  const at = (key: string) => ({ name, type, line: settings.has(key) ? settings.lineOf(key) : section.line });
  switch (type) {
    case 'always_sample':
      return { kind: 'always', ...base };
    case 'latency':
      return {
        kind: 'latency',
        ...at('threshold_ms'),
        thresholdMs: settings.number('threshold_ms') ?? 0,
        upperMs: settings.number('upper_threshold_ms') ?? 0,
      };
    case 'status_code':
      return {
        kind: 'status',
        ...at('status_codes'),
        codes: settings.texts('status_codes').map(({ text }) => text),
      };
    case 'string_attribute':
      return { kind: 'string', ...at('key'), ...stringMatch(settings) };
    case 'boolean_attribute':
    case 'numeric_attribute':
      return {
        kind: 'attribute',
        ...at('key'),
        key: settings.text('key') ?? '',
        isInverted: settings.boolean('invert_match') ?? false,
        // The processor takes 0 for 'not given'.
        hasBounds: Boolean(settings.number('min_value')) || Boolean(settings.number('max_value')),
      };
    case 'probabilistic':
      return {
        kind: 'probabilistic',
        ...at('sampling_percentage'),
        percent: settings.number('sampling_percentage') ?? 0,
      };
    case 'span_count':
      return {
        kind: 'spanCount',
        ...base,
        min: settings.number('min_spans') ?? 0,
        max: settings.number('max_spans') ?? 0,
      };
    case 'ottl_condition':
      return {
        kind: 'ottl',
        ...base,
        texts: ['span', 'spanevent'].flatMap((key) => settings.texts(key).map(({ text }) => text)),
      };
    case 'and':
    case 'drop':
      return { kind: 'and', ...base, of: settings.sections(`${type}_sub_policy`).map(readCondition) };
    case 'composite':
      return { kind: 'composite', ...base, of: settings.sections('composite_sub_policy').map(readCondition) };
    case 'not':
      return { kind: 'not', ...base, of: readCondition(settings.child('not_sub_policy')) };
    default:
      return { kind: 'unknown', ...base };
  }
}

function stringMatch(settings: Section): StringMatch {
  const isRegex = settings.boolean('enabled_regex_matching') ?? false;
  return {
    key: settings.text('key') ?? '',
    // Exact matching skips empty values; an empty regular expression is one that matches everything.
    values: settings
      .texts('values')
      .map(({ text }) => text)
      .filter((value) => isRegex || value !== ''),
    isRegex,
    isInverted: settings.boolean('invert_match') ?? false,
  };
}

/** The condition and all that it is made of. */
export function* partsOf(condition: Condition): Generator<Condition> {
  yield condition;
  if (condition.kind === 'and' || condition.kind === 'composite')
    for (const part of condition.of) yield* partsOf(part);
  if (condition.kind === 'not') yield* partsOf(condition.of);
}
