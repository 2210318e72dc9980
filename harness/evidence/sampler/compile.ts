/**
 * Policies to SQL, so that what the sampler decides is predicted for all traces of a run in one pass. Precedence from
 * tailsamplingprocessor v0.161.0, loadSamplingPolicies and makeDecision in processor.go.
 */
import { ADDED_TO_RECORDING, identifier, literal } from '../tables.ts';
import type { Policy } from './condition.ts';
import { conditionSql, type Facts } from './condition-sql.ts';

/**
 * An SQL query with the columns trace_id, predicted ('keep' | 'drop' | 'unknown') and policy, a row a recorded trace.
 * `policy` is the first policy that keeps it, NULL when that may be another one; of a dropped trace a drop policy that
 * drops it, NULL when no policy keeps it.
 */
export function predictionSql(policies: readonly Policy[]): string {
  const facts: Facts = { aggregates: new Map(), hashes: new Map() };
  const conditions = policies.map((policy) => ({ ...policy, sql: conditionSql(policy.condition, facts) }));
  const drops = conditions.filter((policy) => policy.drop);
  const keeps = conditions.filter((policy) => !policy.drop);
  const aggregates = [...facts.aggregates].map(([sql, name]) => `, ${sql} AS ${name}`).join('');
  const hashes = [...facts.hashes].map(([sql, name]) => `, ${sql} AS ${name}`).join('');
  const nulls = Object.entries(ADDED_TO_RECORDING)
    .map(([name, type]) => `NULL::${type} AS ${identifier(name)}`)
    .join(', ');
  return `
    WITH spans AS (
      -- A recording of an earlier version lacks the columns that were added.
      SELECT * FROM recording UNION ALL BY NAME SELECT ${nulls} WHERE false),
    facts AS (SELECT trace_id${aggregates} FROM spans GROUP BY trace_id),
    hashed AS (SELECT *${hashes} FROM facts),
    decided AS (
      SELECT trace_id, ${any(drops)} AS dropped, ${any(keeps)} AS kept,
             ${firstOf(drops, false)} AS drop_policy, ${firstOf(keeps, true)} AS keep_policy
      FROM hashed)
    SELECT trace_id,
      CASE WHEN dropped OR NOT kept THEN 'drop' WHEN NOT dropped AND kept THEN 'keep' ELSE 'unknown' END AS predicted,
      CASE WHEN dropped THEN drop_policy WHEN NOT dropped AND kept THEN keep_policy END AS policy
    FROM decided`;
}

type Compiled = Policy & { readonly sql: string };

function any(policies: readonly Compiled[]): string {
  return policies.length === 0 ? 'false' : `(${policies.map((policy) => policy.sql).join(' OR ')})`;
}

/** Name of the first policy that holds. `surely`: NULL when one before it may hold, else the first that does. */
function firstOf(policies: readonly Compiled[], surely: boolean): string {
  if (policies.length === 0) return 'NULL';
  const cases = policies.map(
    ({ sql, name }) => `${surely ? `WHEN ${sql} IS NULL THEN NULL ` : ''}WHEN ${sql} THEN ${literal(name)}`,
  );
  return `CASE ${cases.join(' ')} END`;
}
