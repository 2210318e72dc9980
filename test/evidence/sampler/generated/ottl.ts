/** Random OTTL conditions of the predicted subset, and what each means. */
import fc from 'fast-check';
import { KINDS, STATUSES } from '../../../../harness/evidence/otlp/span.ts';
import { DOUBLES, INTS, KEYS, MESSAGES, NAMES, TEXTS, TRACE_STATES } from './pools.ts';
import { REGEX_MEANING } from './regexes.ts';
import type { TestSpan, Value } from './spans.ts';

type Meaning = (span: TestSpan) => boolean;

/** Text of a condition -> what it means, for all that were generated. */
export const OTTL_MEANING = new Map<string, Meaning>();

interface Condition {
  readonly text: string;
  readonly holds: Meaning;
}

type Plain = string | boolean | bigint | number | null | undefined | readonly Value[];
type Getter = { readonly text: string; readonly get: (span: TestSpan) => Plain };

const attribute = (prefix: string, of: 'attributes' | 'resource', key: string): Getter => ({
  text: `${prefix}[${JSON.stringify(key)}]`,
  get: (span) => plain(span[of][key]),
});

function plain(value: Value | undefined): Plain {
  if (value === undefined || 'empty' in value) return null;
  return Object.values(value)[0] as Plain;
}

const title = (kind: string) => kind.charAt(0).toUpperCase() + kind.slice(1);

const GETTERS: readonly Getter[] = [
  ...KEYS.flatMap((key) => [
    attribute('attributes', 'attributes', key),
    attribute('span.attributes', 'attributes', key),
    attribute('resource.attributes', 'resource', key),
  ]),
  { text: 'name', get: ({ name }) => name },
  { text: 'span.kind', get: ({ kind }) => BigInt(KINDS.indexOf(kind)) },
  { text: 'kind.string', get: ({ kind }) => title(kind) },
  { text: 'kind.deprecated_string', get: ({ kind }) => `SPAN_KIND_${kind.toUpperCase()}` },
  { text: 'span.status.code', get: ({ status }) => BigInt(STATUSES.indexOf(status)) },
  { text: 'status.message', get: ({ message }) => message },
  { text: 'trace_state', get: ({ traceState }) => traceState },
  { text: 'parent_span_id.string', get: ({ parentId }) => parentId || '0'.repeat(16) },
];

type Literal = readonly [text: string, value: Plain];

/** A text as Go reads it between quotes, as far as JSON writes the same. */
const quoted = (text: string): Literal => [JSON.stringify(text), text];
const LITERALS: readonly Literal[] = [
  ...[...TEXTS, ...NAMES, ...MESSAGES, 'Server', 'SPAN_KIND_CLIENT', ...TRACE_STATES.slice(0, 3)].map(quoted),
  // Of the least integer Go's grammar does not take the digits without their sign.
  ...INTS.filter((int) => int > -(2n ** 63n)).map((int): Literal => [String(int), int]),
  ...DOUBLES.filter((double) => double < 1e15).map(
    (double): Literal => [Number.isInteger(double) ? `${double}.0` : String(double), double],
  ),
  ['true', true],
  ['false', false],
  ...Array.from({ length: 4 }, (): Literal => ['nil', null]),
  ['SPAN_KIND_SERVER', 2n],
  ['STATUS_CODE_ERROR', 2n],
];

const OPERATORS = ['==', '!=', '<', '<=', '>', '>='] as const;
type Operator = (typeof OPERATORS)[number];

/** By pkg/ottl v0.161.0, compare.go. */
function compare(left: Plain, operator: Operator, right: Plain): boolean {
  if (left === null && right === null) return ['==', '<=', '>='].includes(operator);
  const numbers = isNumber(left) && isNumber(right);
  if (!numbers && (typeof left !== typeof right || left === null || typeof left === 'object'))
    return operator === '!=';
  if (isNumber(left) && isNumber(right)) {
    const whole = typeof left === 'bigint' && typeof right === 'bigint';
    return ordered(whole ? left : Number(left), operator, whole ? right : Number(right));
  }
  if (typeof left === 'string' && typeof right === 'string')
    return ordered(Buffer.compare(Buffer.from(left), Buffer.from(right)), operator, 0);
  return ordered(Number(left), operator, Number(right));
}

const isNumber = (value: Plain): value is bigint | number =>
  typeof value === 'bigint' || typeof value === 'number';

function ordered(left: bigint | number, operator: Operator, right: bigint | number): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

const getter = fc.constantFrom(...GETTERS);
const operator = fc.constantFrom(...OPERATORS);

const comparison = fc
  .tuple(getter, operator, fc.constantFrom(...LITERALS), fc.boolean())
  .map(
    ([of, op, [text, value], flipped]): Condition =>
      flipped
        ? { text: `${text} ${op} ${of.text}`, holds: (span) => compare(value, op, of.get(span)) }
        : { text: `${of.text} ${op} ${text}`, holds: (span) => compare(of.get(span), op, value) },
  );

const DURATIONS: readonly (readonly [ns: bigint, text: string])[] = [
  [0n, '0s'],
  [100_000_000n, '100ms'],
  [101_000_000n, '0.101s'],
  [250_000_500n, '250ms500ns'],
];

const duration = fc
  .tuple(operator, fc.constantFrom(...DURATIONS), fc.boolean(), fc.boolean())
  .map(([op, [ns, text], asTime, bracketed]): Condition => {
    const difference = asTime ? 'end_time - start_time' : 'end_time_unix_nano - span.start_time_unix_nano';
    const left = bracketed ? `(${difference})` : difference;
    return {
      text: `${left} ${op} ${asTime ? `Duration("${text}")` : ns}`,
      holds: ({ startNs, endNs }) => ordered(endNs - startNs, op, ns),
    };
  });

/** What Go makes a text of that the oracle follows; a double or a list is not. */
function likeText(value: Plain): string | undefined {
  return value === null ? undefined : String(value);
}

export const UNFOLLOWED = Symbol('a text by rules of Go');

const match = fc.tuple(getter, fc.constantFrom(...REGEX_MEANING)).map(
  ([of, [pattern, meaning]]): Condition => ({
    text: `IsMatch(${of.text}, ${JSON.stringify(pattern)})`,
    holds: (span) => {
      const value = of.get(span);
      if (typeof value === 'number' || (typeof value === 'object' && value !== null)) throw UNFOLLOWED;
      const text = likeText(value);
      return text !== undefined && meaning.test(text);
    },
  }),
);

const root: Condition = { text: 'IsRootSpan()', holds: ({ parentId }) => parentId === '' };
const yes: Condition = { text: 'true', holds: () => true };
const no: Condition = { text: 'false', holds: () => false };

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: comparison, weight: 8 },
    { arbitrary: match, weight: 3 },
    { arbitrary: duration, weight: 2 },
    { arbitrary: fc.constantFrom(root, yes, no), weight: 1 },
    {
      arbitrary: tie('condition').map((of) => ({
        text: `not (${of.text})`,
        holds: (span: TestSpan) => !of.holds(span),
      })),
      weight: 2,
    },
    {
      arbitrary: fc
        .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
        .map(([left, word, right]) => ({
          text: `(${left.text} ${word} ${right.text})`,
          holds: (span: TestSpan) =>
            word === 'and' ? left.holds(span) && right.holds(span) : left.holds(span) || right.holds(span),
        })),
      weight: 3,
    },
  ),
}));

/** Texts of conditions whose meaning is in OTTL_MEANING. */
export const ottlText: fc.Arbitrary<string> = condition.map(({ text, holds }) => {
  OTTL_MEANING.set(text, holds);
  return text;
});
