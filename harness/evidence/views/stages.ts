/** Stages of loss that are possible at the same time, as SQL. */
import type { LossStage } from '../../contracts.ts';
import { literal } from '../tables.ts';

/** A stage, and the SQL condition under which it may have been the one. */
export type Candidate = readonly [stage: LossStage, condition: string];

/** An SQL expression: the stages whose conditions hold, joined by ` | ` in their order; `otherwise` when none does. */
export function stagesSql(candidates: readonly Candidate[], otherwise: LossStage): string {
  const cases = candidates.map(([stage, condition]) => `CASE WHEN ${condition} THEN ${literal(stage)} END`);
  return `coalesce(nullif(concat_ws(' | ', ${cases.join(',\n        ')}), ''), ${literal(otherwise)})`;
}
