/** Which sampling promise applies to a request, as SQL over the ledger (l) and the recorded trace (t). */
import type { SamplingPromise } from '../../contracts.ts';
import { literal } from '../tables.ts';

/** How far the client's clock may differ from the entry span's, in milliseconds, before its time says 'slow'. */
const CLIENT_MARGIN_MS = 50;

/** An SQL expression: the id of the first promise that applies, NULL when none does. */
export function promiseSql(promises: readonly SamplingPromise[]): string {
  if (promises.length === 0) return 'CAST(NULL AS VARCHAR)';
  const cases = promises.map(({ id, when }) => `WHEN ${whenSql(when)} THEN ${literal(id)}`);
  return `CASE ${cases.join('\n        ')} END`;
}

/** An SQL expression that maps the column `promise` to a promise's property. */
export function promisePropertySql(
  promises: readonly SamplingPromise[],
  property: (promise: SamplingPromise) => string,
): string {
  if (promises.length === 0) return 'NULL';
  return `CASE promise ${promises.map((p) => `WHEN ${literal(p.id)} THEN ${property(p)}`).join(' ')} END`;
}

function whenSql(when: SamplingPromise['when']): string {
  switch (when.kind) {
    case 'any':
      return 'true';
    case 'path':
      if (when.paths.length === 0) return 'false';
      // As it was asked for, not as a span has it: by its attribute the sampler decides, so it cannot prove it right.
      return `split_part(l.path, '?', 1) IN (${when.paths.map(literal).join(', ')})`;
    case 'error':
      return `(coalesce(t.has_error, false) OR coalesce(l.status, 0) >= 500)`;
    case 'slow':
      // Without an entry span only the client's time is left, which holds the way to the service as well.
      return `CASE WHEN t.entry_us IS NOT NULL THEN t.entry_us >= ${when.ms * 1000}
        ELSE coalesce(l.latency_us, 0) >= ${(when.ms + CLIENT_MARGIN_MS) * 1000} END`;
  }
}
