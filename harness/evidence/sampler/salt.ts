/** The salt of the sampler's hash. */
import type { Condition, Policy } from './condition.ts';
import { DEFAULT_SALT } from './hash.ts';

/**
 * The salt by which the configuration draws its shares, so that a promised share is judged by the very hash that the
 * sampler uses: that of the first probabilistic policy, else the processor's default.
 */
export function saltOf(policies: readonly Policy[]): string {
  for (const { condition } of policies) {
    const salt = saltIn(condition);
    if (salt !== undefined) return salt;
  }
  return DEFAULT_SALT;
}

function saltIn(condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'probabilistic':
      return condition.salt;
    case 'not':
      return saltIn(condition.of);
    case 'and':
      return condition.of.map(saltIn).find((salt) => salt !== undefined);
    case 'composite':
      return condition.of.map((part) => saltIn(part.condition)).find((salt) => salt !== undefined);
    default:
      return undefined;
  }
}
