/** Which policies' decisions can be told from the traces alone. */
import type { LossStage } from '../../contracts.ts';
import type { Condition, Policy } from './condition.ts';

/** The stages by which a trace may be lost of which the configuration does not tell whether it is kept. */
export function unpredictedStages(policies: readonly Policy[]): readonly LossStage[] {
  const unpredicted = policies.filter(({ condition }) => !isPredictable(condition));
  return [
    ...(unpredicted.some(({ drop }) => drop) ? (['drop-policy-won'] as const) : []),
    ...(unpredicted.some(({ drop }) => !drop) ? (['no-policy-keeps-it'] as const) : []),
  ];
}

/** Rates depend on when traces were decided on, and what is not understood on anything. */
function isPredictable(condition: Condition): boolean {
  switch (condition.kind) {
    case 'rateLimit':
    case 'composite':
    case 'unknown':
      return false;
    case 'and':
      return condition.of.every(isPredictable);
    case 'not':
      return isPredictable(condition.of);
    default:
      return true;
  }
}
