/**
 * OTTL conditions to SQL over the columns of one span; NULL = cannot be predicted. Comparisons by pkg/ottl v0.161.0,
 * compare.go: values of different types are not equal and not ordered, but whole numbers and doubles are compared.
 */
import { KINDS, STATUSES } from '../otlp/span.ts';
import { literal } from '../tables.ts';
import { jsonValue } from './attribute-sql.ts';
import type { Operator, OttlExpression, OttlField, OttlLiteral, OttlPath } from './ottl.ts';

/** Whether the condition holds for the span. */
export function ottlSql(expression: OttlExpression): string {
  switch (expression.kind) {
    case 'constant':
      return String(expression.value);
    case 'and':
    case 'or':
      return `(${expression.of.map(ottlSql).join(expression.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `(NOT ${ottlSql(expression.of)})`;
    case 'rootSpan':
      return '(parent_id IS NULL)';
    case 'match':
      return matchSql(expression.target, expression.pattern);
    case 'duration':
      return durationSql(expression.operator, expression.nanoseconds);
    case 'compare':
      return expression.left.kind === 'attribute'
        ? attributeSql(
            jsonValue(expression.left.of, expression.left.key),
            expression.operator,
            expression.right,
          )
        : fieldSql(expression.left, expression.operator, expression.right);
  }
}

function numbered(column: string, names: readonly string[]): string {
  const cases = names.map((name, number) => `WHEN ${literal(name)} THEN ${number}`).join(' ');
  return `(CASE ${column} ${cases} END)`;
}

/** `server` -> `Server`, as the Collector writes a kind. */
const kindText = '(upper(kind[1]) || kind[2:])';

const COLUMNS: Readonly<Record<OttlField, string>> = {
  name: 'name',
  kind: numbered('kind', KINDS),
  'kind.string': kindText,
  'kind.deprecated_string': "('SPAN_KIND_' || upper(kind))",
  'status.code': numbered('status', STATUSES),
  'status.message': "coalesce(status_message, '')",
  trace_state: 'trace_state',
  'trace_id.string': 'trace_id',
  'span_id.string': 'span_id',
  'parent_span_id.string': "coalesce(parent_id, '0000000000000000')",
};

/** What a comparison is when the types do not fit. */
function unequal(operator: Operator): string {
  return String(operator === '!=');
}

function sqlOperator(operator: Operator): string {
  return operator === '==' ? '=' : operator === '!=' ? '<>' : operator;
}

function fieldSql(
  { kind, name }: Exclude<OttlPath, { kind: 'attribute' }>,
  operator: Operator,
  right: OttlLiteral,
): string {
  const column = COLUMNS[name];
  if (kind === 'text')
    return right.kind === 'text'
      ? `(${column} ${sqlOperator(operator)} ${literal(right.value)})`
      : unequal(operator);
  return right.kind === 'int' || right.kind === 'double'
    ? `(${column} ${sqlOperator(operator)} ${numberSql(right)})`
    : unequal(operator);
}

function numberSql(number: Extract<OttlLiteral, { kind: 'int' | 'double' }>): string {
  return number.kind === 'int' ? `${number.value}::HUGEINT` : doubleSql(number.value);
}

function doubleSql(value: number): string {
  return `${literal(String(value))}::DOUBLE`;
}

/** `json` is SQL NULL without the attribute. */
function attributeSql(json: string, operator: Operator, right: OttlLiteral): string {
  const type = `json_type(${json})`;
  const compared = sqlOperator(operator);
  // Of another type, or absent: not equal, and in no order.
  const when = (cases: readonly (readonly [condition: string, then: string])[]) =>
    `(CASE ${cases.map(([condition, then]) => `WHEN ${condition} THEN ${then}`).join(' ')} ELSE ${unequal(operator)} END)`;
  switch (right.kind) {
    case 'nil': {
      const isNil = `(${json} IS NULL OR ${type} = 'NULL')`;
      if (operator === '<' || operator === '>') return 'false';
      return operator === '!=' ? `(NOT ${isNil})` : isNil;
    }
    case 'text':
      return when([[`${type} = 'VARCHAR'`, `${json} ->> '$' ${compared} ${literal(right.value)}`]]);
    case 'bool':
      return when([[`${type} = 'BOOLEAN'`, `(${json})::BOOLEAN ${compared} ${right.value}`]]);
    case 'int':
    case 'double': {
      const asDouble = doubleSql(Number(right.value));
      const whole =
        right.kind === 'int'
          ? `(${json})::HUGEINT ${compared} ${numberSql(right)}`
          : `(${json})::BIGINT::DOUBLE ${compared} ${asDouble}`;
      return when([
        [`${type} IN ('BIGINT', 'UBIGINT')`, whole],
        [`${type} = 'DOUBLE'`, `(${json})::DOUBLE ${compared} ${asDouble}`],
      ]);
    }
  }
}

function matchSql(target: OttlPath, pattern: string): string {
  const matches = (text: string) => `regexp_matches(${text}, ${literal(pattern)})`;
  if (target.kind !== 'attribute') return matches(`(${COLUMNS[target.name]})::VARCHAR`);
  const json = jsonValue(target.of, target.key);
  // A double, a list or a map becomes a text by rules of Go that are not followed here.
  return `(CASE WHEN ${json} IS NULL THEN false ELSE CASE json_type(${json}) WHEN 'NULL' THEN false
    WHEN 'VARCHAR' THEN ${matches(`(${json} ->> '$')`)}
    WHEN 'BOOLEAN' THEN ${matches(`(${json})::VARCHAR`)}
    WHEN 'BIGINT' THEN ${matches(`(${json})::VARCHAR`)} WHEN 'UBIGINT' THEN ${matches(`(${json})::VARCHAR`)}
    END END)`;
}

/**
 * The evidence has whole microseconds, cut from nanoseconds, so that the true duration is less than a microsecond off;
 * where that matters it cannot be predicted.
 */
function durationSql(operator: Operator, nanoseconds: bigint): string {
  const least = '((end_us - start_us)::HUGEINT * 1000 - 999)';
  const most = '((end_us - start_us)::HUGEINT * 1000 + 999)';
  const bound = `(${nanoseconds})::HUGEINT`;
  const decide = (yes: string, no: string) => `(CASE WHEN ${yes} THEN true WHEN ${no} THEN false END)`;
  switch (operator) {
    case '>':
      return decide(`${least} > ${bound}`, `${most} <= ${bound}`);
    case '>=':
      return decide(`${least} >= ${bound}`, `${most} < ${bound}`);
    case '<':
      return decide(`${most} < ${bound}`, `${least} >= ${bound}`);
    case '<=':
      return decide(`${most} <= ${bound}`, `${least} > ${bound}`);
    case '==':
      return decide('false', `${bound} NOT BETWEEN ${least} AND ${most}`);
    case '!=':
      return decide(`${bound} NOT BETWEEN ${least} AND ${most}`, 'false');
  }
}
