/**
 * Policies to SQL, so that what the sampler decides is predicted for all traces of a run in one pass. The result is
 * three-valued: NULL stands for 'cannot be predicted', and SQL's own logic carries it through AND, OR and NOT.
 * Semantics from tailsamplingprocessor v0.161.0, internal/sampling/*.go and makeDecision in processor.go.
 */
import { literal } from '../tables.ts';
import { hashThreshold, traceHashSql } from './hash.ts';
import type { Condition, Policy } from './policies.ts';

/** An SQL query with the columns trace_id, predicted ('keep' | 'drop' | 'unknown') and policy, a row a recorded trace. */
export function predictionSql(policies: readonly Policy[]): string {
  const facts: Facts = { aggregates: new Map(), hashes: new Map() };
  const conditions = policies.map((policy) => ({ ...policy, sql: conditionSql(policy.condition, facts) }));
  const drops = conditions.filter((policy) => policy.drop);
  const keeps = conditions.filter((policy) => !policy.drop);
  const aggregates = [...facts.aggregates].map(([sql, name]) => `, ${sql} AS ${name}`).join('');
  const hashes = [...facts.hashes].map(([sql, name]) => `, ${sql} AS ${name}`).join('');
  return `
    WITH facts AS (SELECT trace_id${aggregates} FROM recording GROUP BY trace_id),
    hashed AS (SELECT *${hashes} FROM facts),
    decided AS (
      SELECT trace_id, ${any(drops)} AS dropped, ${any(keeps)} AS kept,
             ${first(drops)} AS drop_policy, ${first(keeps)} AS keep_policy
      FROM hashed)
    SELECT trace_id,
      CASE WHEN dropped OR NOT kept THEN 'drop' WHEN NOT dropped AND kept THEN 'keep' ELSE 'unknown' END AS predicted,
      CASE WHEN dropped THEN drop_policy WHEN NOT dropped AND kept THEN keep_policy END AS policy
    FROM decided`;
}

/** Expressions that are computed once a trace, and the column names under which the conditions use them. */
interface Facts {
  readonly aggregates: Map<string, string>;
  readonly hashes: Map<string, string>;
}

type Compiled = Policy & { readonly sql: string };

function any(policies: readonly Compiled[]): string {
  return policies.length === 0 ? 'false' : `(${policies.map((policy) => policy.sql).join(' OR ')})`;
}

function first(policies: readonly Compiled[]): string {
  if (policies.length === 0) return 'NULL';
  const cases = policies.map((policy) => `WHEN ${policy.sql} THEN ${literal(policy.name)}`);
  return `CASE ${cases.join(' ')} END`;
}

function column(of: Map<string, string>, prefix: string, sql: string): string {
  const known = of.get(sql);
  if (known !== undefined) return known;
  const name = `${prefix}${of.size}`;
  of.set(sql, name);
  return name;
}

function conditionSql(condition: Condition, facts: Facts): string {
  const aggregate = (sql: string) => column(facts.aggregates, 'fact', sql);
  switch (condition.kind) {
    case 'always':
      return 'true';
    case 'unknown':
      return 'CAST(NULL AS BOOLEAN)';
    case 'and':
      return condition.of.length === 0
        ? 'true'
        : `(${condition.of.map((c) => conditionSql(c, facts)).join(' AND ')})`;
    case 'not':
      return `(NOT ${conditionSql(condition.of, facts)})`;
    case 'status':
      return aggregate(`bool_or(status IN (${list(condition.codes)}))`);
    case 'spanCount': {
      const spans = aggregate('count(*)');
      const below = condition.max === 0 ? '' : ` AND ${spans} <= ${condition.max}`;
      return `(${spans} >= ${condition.min}${below})`;
    }
    case 'latency':
      return latencySql(condition.thresholdMs, condition.upperMs, aggregate);
    case 'probabilistic': {
      const hash = column(facts.hashes, 'hash', traceHashSql('trace_id', condition.salt));
      return `(${hash} <= ${hashThreshold(condition.percent)}::UBIGINT)`;
    }
    case 'string':
      return invertible(condition.invert, aggregate(hasAttribute(condition.key, stringMatch(condition))));
    case 'boolean': {
      // The processor reads a value of another type as false.
      const value = (json: string) => `(json_type(${json}) = 'BOOLEAN' AND (${json})::VARCHAR = 'true')`;
      const match = (json: string) => (condition.value ? value(json) : `NOT ${value(json)}`);
      return invertible(
        condition.invert,
        aggregate(hasAttribute(condition.key, { span: match, resource: match })),
      );
    }
    case 'numeric': {
      // The processor reads a value of another type, a double too, as 0.
      const { min = -(2n ** 63n), max = 2n ** 63n - 1n } = condition;
      const value = (json: string) =>
        `(CASE WHEN json_type(${json}) IN ('BIGINT', 'UBIGINT') THEN (${json})::HUGEINT ELSE 0 END BETWEEN ${min} AND ${max})`;
      return invertible(
        condition.invert,
        aggregate(hasAttribute(condition.key, { span: value, resource: value })),
      );
    }
  }
}

/**
 * The processor compares whole milliseconds of the trace's duration, taken from nanoseconds, with `>`. The evidence
 * has microseconds, so a duration of exactly threshold + 1 ms may be on either side. With an upper bound, the
 * processor looks at each span in turn: what comes first decides, and that is not in the evidence.
 */
function latencySql(thresholdMs: number, upperMs: number, aggregate: (sql: string) => string): string {
  const duration = aggregate('max(end_us) - min(start_us)');
  const above = (ms: number) => `nullif(sign(${duration} - ${(ms + 1) * 1000}), 0) > 0`;
  if (upperMs === 0) return `(${above(thresholdMs)})`;
  const spans = aggregate('count(*)');
  return `(CASE WHEN NOT (${above(thresholdMs)}) THEN false WHEN NOT (${above(upperMs)}) THEN ${above(thresholdMs)}
    WHEN ${spans} = 1 THEN false ELSE NULL END)`;
}

interface Match {
  /** Condition on the attribute's JSON value, which is there. */
  span(json: string): string;
  resource(json: string): string;
}

function stringMatch(condition: Extract<Condition, { kind: 'string' }>): Match {
  // The processor reads a value of another type as ''. Of a span, '' never matches; of a resource it may.
  const text = (json: string) => `CASE WHEN json_type(${json}) = 'VARCHAR' THEN ${json} ->> '$' ELSE '' END`;
  const matches = (value: string) => {
    if (condition.values.length === 0) return 'false';
    if (!condition.regex) return `${value} IN (${list(condition.values)})`;
    return condition.values.map((pattern) => `regexp_matches(${value}, ${literal(pattern)})`).join(' OR ');
  };
  return {
    span: (json) => `((${text(json)}) <> '' AND (${matches(`(${text(json)})`)}))`,
    resource: (json) => `(${matches(`(${text(json)})`)})`,
  };
}

/** Whether any span of the trace, or its resource, has the attribute and its value matches. */
function hasAttribute(key: string, match: Match): string {
  const pointer = literal(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  // Looking for the key's text first spares parsing the JSON of spans that cannot have it.
  const inColumn = (column: string, condition: (json: string) => string) => `
    CASE WHEN contains(${column}, ${literal(JSON.stringify(key))})
         THEN coalesce(${condition(`json_extract(${column}, ${pointer})`)}
                       AND json_exists(${column}, ${pointer}), false)
         ELSE false END`;
  return `bool_or(${inColumn('attributes', match.span)} OR ${inColumn('resource', match.resource)})`;
}

function invertible(invert: boolean, sql: string): string {
  return invert ? `(NOT ${sql})` : sql;
}

function list(values: readonly string[]): string {
  return values.map(literal).join(', ');
}
