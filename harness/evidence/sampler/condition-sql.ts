/**
 * A policy's condition to SQL over the facts of one trace: whether the policy says 'sampled'. NULL = cannot be
 * predicted; SQL's own logic carries it through AND, OR and NOT. Semantics from tailsamplingprocessor v0.161.0,
 * internal/sampling/*.go.
 */
import { literal } from '../tables.ts';
import { anyAttributeSql } from './attribute-sql.ts';
import type { CompositePart, Condition } from './condition.ts';
import { hashThreshold, traceHashSql } from './hash.ts';
import { latencySql } from './latency-sql.ts';
import { ottlSql } from './ottl-sql.ts';
import { traceStateSql } from './trace-state-sql.ts';

/** Expressions that are computed once a trace, and the column names under which the conditions use them. */
export interface Facts {
  /** Aggregates over the trace's spans. */
  readonly aggregates: Map<string, string>;
  readonly hashes: Map<string, string>;
}

const UNKNOWN = 'CAST(NULL AS BOOLEAN)';

export function conditionSql(condition: Condition, facts: Facts): string {
  const aggregate = (sql: string) => column(facts.aggregates, 'fact', sql);
  switch (condition.kind) {
    case 'always':
      return 'true';
    case 'unknown':
      return UNKNOWN;
    case 'and':
      return condition.of.length === 0
        ? 'true'
        : `(${condition.of.map((part) => conditionSql(part, facts)).join(' AND ')})`;
    case 'not':
      return `(NOT ${conditionSql(condition.of, facts)})`;
    case 'status':
      return aggregate(`bool_or(status IN (${condition.codes.map(literal).join(', ')}))`);
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
    case 'boolean':
    case 'numeric': {
      const matches = aggregate(anyAttributeSql(condition));
      return condition.invert ? `(NOT ${matches})` : matches;
    }
    case 'traceState':
      return aggregate(anySpan(traceStateSql(condition.key, condition.values)));
    case 'ottl':
      return aggregate(anySpan(ottlSql(condition.expression)));
    case 'rateLimit':
      // More than the bucket holds never gets through; what else does depends on the others.
      return `(CASE WHEN ${aggregate('count(*)')} > ${condition.burstSpans} THEN false END)`;
    case 'composite':
      return compositeSql(condition.of, facts, aggregate('count(*)'));
  }
}

function column(of: Map<string, string>, prefix: string, sql: string): string {
  const known = of.get(sql);
  if (known !== undefined) return known;
  const name = `${prefix}${of.size}`;
  of.set(sql, name);
  return name;
}

/** Whether it holds for any span. bool_or alone would pass over the spans for which it cannot be predicted. */
function anySpan(sql: string): string {
  return `CASE WHEN bool_or(${sql}) THEN true WHEN bool_or((${sql}) IS NULL) THEN NULL ELSE false END`;
}

/** The first part that holds decides: never what is too large for its share, unknown else. */
function compositeSql(parts: readonly CompositePart[], facts: Facts, spans: string): string {
  const cases = parts.flatMap(({ condition, spansPerSecond }) => {
    const holds = conditionSql(condition, facts);
    return [
      `WHEN ${holds} IS NULL THEN NULL`,
      `WHEN ${holds} AND ${spans} > ${spansPerSecond} THEN false`,
      `WHEN ${holds} THEN NULL`,
    ];
  });
  return cases.length === 0 ? 'false' : `(CASE ${cases.join(' ')} ELSE false END)`;
}
