/**
 * What the author of a policy meant, where a rule of its own says that it does something else: so that one mistake
 * is one finding, and not another one for each of its consequences.
 */
import type { SamplingPromise } from '../../../harness/contracts.ts';
import { successorOf } from './attributes.ts';
import type { Condition, Policy } from './conditions.ts';

/** The condition that a policy was to veto, though it keeps all else since 0.144; undefined when it is no such policy. */
export function vetoOf({ isDrop, condition }: Policy): Condition | undefined {
  if (isDrop) return undefined;
  if ((condition.kind === 'string' || condition.kind === 'attribute') && condition.isInverted)
    return { ...condition, isInverted: false };
  if (condition.kind === 'not' && (condition.of.kind === 'string' || condition.of.kind === 'attribute'))
    return condition.of.isInverted ? undefined : condition.of;
  return undefined;
}

/** The slow promise on whose very threshold the condition is. */
export function onBoundary(
  condition: Condition,
  promises: readonly SamplingPromise[],
): { readonly ms: number; readonly promise: SamplingPromise } | undefined {
  if (condition.kind !== 'latency') return undefined;
  for (const promise of promises)
    if (promise.when.kind === 'slow' && promise.when.ms === condition.thresholdMs)
      return { ms: promise.when.ms, promise };
  return undefined;
}

/** The policies as their author meant them. */
export function intended(
  policies: readonly Policy[],
  promises: readonly SamplingPromise[],
): readonly Policy[] {
  return policies.map((policy) => {
    const veto = vetoOf(policy);
    return {
      ...policy,
      isDrop: policy.isDrop || veto !== undefined,
      condition: meant(veto ?? policy.condition, promises),
    };
  });
}

function meant(condition: Condition, promises: readonly SamplingPromise[]): Condition {
  switch (condition.kind) {
    case 'string':
    case 'attribute':
      return { ...condition, key: successorOf(condition.key) ?? condition.key };
    case 'latency':
      return onBoundary(condition, promises)
        ? { ...condition, thresholdMs: condition.thresholdMs - 1 }
        : condition;
    case 'and':
    case 'composite':
      return { ...condition, of: condition.of.map((part) => meant(part, promises)) };
    case 'not':
      return { ...condition, of: meant(condition.of, promises) };
    default:
      return condition;
  }
}
