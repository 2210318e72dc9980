/** SQL on the JSON of a span's attributes and of its resource. */
import { literal } from '../tables.ts';
import type { Condition } from './condition.ts';

type Attributes = 'attributes' | 'resource';

/** The attribute's JSON value, SQL NULL when it is absent. Of a key that is there twice, the first, as the Collector. */
export function jsonValue(column: Attributes, key: string): string {
  // Looking for the key's text first spares parsing the JSON of spans that cannot have it.
  const pointer = literal(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return `(CASE WHEN contains(${column}, ${literal(JSON.stringify(key))}) THEN json_extract(${column}, ${pointer}) END)`;
}

type AttributeCondition = Extract<Condition, { kind: 'string' | 'boolean' | 'numeric' }>;

/**
 * An aggregate over the spans of a trace: whether the attribute of any span, or of any resource, matches. The processor
 * looks at both, string_tag_filter.go, boolean_tag_filter.go, numeric_tag_filter.go.
 */
export function anyAttributeSql(condition: AttributeCondition): string {
  const match = matchOf(condition);
  const inColumn = (column: Attributes) =>
    `coalesce(${match(jsonValue(column, condition.key), column === 'attributes')}, false)`;
  return `bool_or(${inColumn('attributes')} OR ${inColumn('resource')})`;
}

/** NULL, or false, when the value is absent. */
type Match = (json: string, isSpan: boolean) => string;

function matchOf(condition: AttributeCondition): Match {
  switch (condition.kind) {
    case 'boolean':
      return (json) => booleanMatch(json, condition.value);
    case 'numeric': {
      const { min = -(2n ** 63n), max = 2n ** 63n - 1n } = condition;
      // The processor reads a value of another type, a double too, as 0.
      return (json) => `CASE WHEN json_type(${json}) IN ('BIGINT', 'UBIGINT') THEN (${json})::HUGEINT
        WHEN ${json} IS NOT NULL THEN 0 END BETWEEN ${min} AND ${max}`;
    }
    case 'string':
      return (json, isSpan) => stringMatch(json, isSpan, condition);
  }
}

/** The processor reads a value of another type as false. */
function booleanMatch(json: string, wanted: boolean): string {
  const isTrue = `(json_type(${json}) = 'BOOLEAN' AND (${json})::VARCHAR = 'true')`;
  return wanted ? isTrue : `(NOT ${isTrue})`;
}

/** The processor reads a value of another type as ''. Of a span, '' never matches; of a resource it may. */
function stringMatch(
  json: string,
  isSpan: boolean,
  { values, regex }: Extract<Condition, { kind: 'string' }>,
): string {
  if (values.length === 0) return 'false';
  const text = `(CASE WHEN json_type(${json}) = 'VARCHAR' THEN ${json} ->> '$' WHEN ${json} IS NOT NULL THEN '' END)`;
  const matches = regex
    ? values.map((pattern) => `regexp_matches(${text}, ${literal(pattern)})`).join(' OR ')
    : `${text} IN (${values.map(literal).join(', ')})`;
  return isSpan ? `(${text} <> '' AND (${matches}))` : `(${matches})`;
}
