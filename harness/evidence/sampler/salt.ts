/** The salt of the sampler's hash. */
import { DEFAULT_SALT } from './hash.ts';
import type { Condition, Policy } from './policies.ts';

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
  if (condition.kind === 'probabilistic') return condition.salt;
  if (condition.kind === 'not') return saltIn(condition.of);
  if (condition.kind !== 'and') return undefined;
  return condition.of.map(saltIn).find((salt) => salt !== undefined);
}
