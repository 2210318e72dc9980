/** The two sides of an OTTL comparison, and what a comparison of them is. */
import {
  ENUMS,
  FIELDS,
  type Operator,
  type OttlExpression,
  type OttlField,
  type OttlLiteral,
  type OttlPath,
} from './ottl.ts';
import { type Token, unquote } from './ottl-lexer.ts';
import { CannotPredict } from './settings.ts';

/** The difference of two times, as a number of nanoseconds or as a duration. */
export type Duration = { readonly kind: 'duration'; readonly unit: 'number' | 'time' };
export type Operand =
  | OttlPath
  | Duration
  | { readonly kind: 'literal'; readonly literal: OttlLiteral }
  | Span;
/** `Duration("…")` */
export type Span = { readonly kind: 'span'; readonly nanoseconds: bigint };

const FLIPPED: Readonly<Record<Operator, Operator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const INT_LIMIT = 2n ** 63n;

export function isField(name: string): name is OttlField {
  return Object.hasOwn(FIELDS, name);
}

export function operatorOf(text: string): Operator | undefined {
  return Object.hasOwn(FLIPPED, text) ? (text as Operator) : undefined;
}

export function literalOf({ kind, text }: Token): OttlLiteral | undefined {
  if (kind === 'text') return { kind: 'text', value: unquote(text) };
  if (kind === 'double') return { kind: 'double', value: Number(text) };
  if (kind === 'int') {
    const value = BigInt(text);
    if (value >= INT_LIMIT) throw new CannotPredict(`${text} is no 64-bit integer`);
    return { kind: 'int', value };
  }
  if (kind !== 'word') return undefined;
  if (text === 'nil') return { kind: 'nil' };
  if (text === 'true' || text === 'false') return { kind: 'bool', value: text === 'true' };
  const value = Object.hasOwn(ENUMS, text) ? ENUMS[text] : undefined;
  return value === undefined ? undefined : { kind: 'int', value };
}

/** The comparison with the literal on the right; undefined when it is not there. */
function compare(left: Operand, operator: Operator, right: Operand): OttlExpression | undefined {
  if (left.kind === 'duration') {
    if (right.kind === 'span' && left.unit === 'time')
      return { kind: 'duration', operator, nanoseconds: right.nanoseconds };
    if (right.kind === 'literal' && right.literal.kind === 'int' && left.unit === 'number')
      return { kind: 'duration', operator, nanoseconds: right.literal.value };
    return undefined;
  }
  if (left.kind === 'literal' || left.kind === 'span' || right.kind !== 'literal') return undefined;
  return { kind: 'compare', left, operator, right: right.literal };
}

/**
 * The comparison as an expression.
 * @throws CannotPredict unless it is between a field, an attribute or a duration and a literal
 */
export function comparison(left: Operand, operator: Operator, right: Operand): OttlExpression {
  const expression = compare(left, operator, right) ?? compare(right, FLIPPED[operator], left);
  if (expression !== undefined) return expression;
  throw new CannotPredict('a comparison is predicted between a field or attribute and a literal');
}
