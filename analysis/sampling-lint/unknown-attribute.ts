import { list } from '../lib/text.ts';
import { ottlAttributes, successorOf } from './lib/attributes.ts';
import { classesOf } from './lib/classes.ts';
import { type Condition, type Policy, partsOf } from './lib/conditions.ts';
import { effectOnClass } from './lib/effect.ts';
import { intended } from './lib/intended.ts';
import type { Effect, Expectations, LintRule } from './lib/rule.ts';
import { kept, matched } from './lib/shares.ts';

/** A policy that asks for an attribute which the instrumentation no longer emits never matches. */
const rule: LintRule = {
  id: 'unknown-attribute',
  title: 'A policy asks for an attribute that is no longer emitted',
  check({ samplers }, expectations) {
    return samplers.flatMap(({ policies }) =>
      policies.flatMap((policy) =>
        [...partsOf(policy.condition)].flatMap((condition) =>
          keysOf(condition).flatMap((key) => {
            const successor = successorOf(key);
            if (successor === undefined) return [];
            const twin = policies.find((other) => other !== policy && isTwin(other, policy, successor));
            return [
              {
                severity: twin ? ('info' as const) : ('error' as const),
                line: condition.line,
                what: `policy ${policy.name} asks for ${key}, which current instrumentation no longer emits; it writes ${successor}`,
                consequence: twin
                  ? `Only spans of older instrumentation match; ${twin.name} does the same for current ones.`
                  : `The policy ${consequenceOf(policy, condition)} unless a service still runs older instrumentation.`,
                effect: twin ? null : effectOf(policy, policies, expectations),
                remedy:
                  condition.kind === 'ottl' ? `Replace it in the condition by ${successor}.` : 'Ask for:',
                ...(condition.kind === 'ottl' ? {} : { yaml: `key: ${successor}` }),
              },
            ];
          }),
        ),
      ),
    );
  },
};

/** Of a drop policy: what it was to drop and is kept by the others, of one path; null when that cannot be told. */
function effectOf(policy: Policy, policies: readonly Policy[], expectations: Expectations): Effect | null {
  if (!policy.isDrop) return null;
  const [meant] = intended([policy], expectations.promises);
  const { longestMs } = expectations;
  const effects = classesOf(expectations)
    .filter(({ promise }) => promise.keepPercent === 0)
    .filter((of) => meant !== undefined && matched(meant.condition, of, longestMs).least > 0)
    .map((of) => effectOnClass('surplus', kept(policies, of, longestMs).least, of, expectations));
  return effects.find((effect) => effect !== null) ?? null;
}

function keysOf(condition: Condition): readonly string[] {
  if (condition.kind === 'string' || condition.kind === 'attribute') return [condition.key];
  return condition.kind === 'ottl' ? [...new Set(condition.texts.flatMap(ottlAttributes))] : [];
}

/** Whether the policy does with the attribute's successor what the other does with the attribute. */
function isTwin({ isDrop, condition }: Policy, other: Policy, successor: string): boolean {
  const values = [...partsOf(other.condition)].flatMap(valuesOf);
  return (
    isDrop === other.isDrop &&
    [...partsOf(condition)].some(
      (part) => keysOf(part).includes(successor) && values.every((value) => valuesOf(part).includes(value)),
    )
  );
}

function valuesOf(condition: Condition): readonly string[] {
  return condition.kind === 'string' ? condition.values : [];
}

function consequenceOf({ isDrop }: Policy, condition: Condition): string {
  const isInverted = (condition.kind === 'string' || condition.kind === 'attribute') && condition.isInverted;
  const matches =
    condition.kind === 'string' && condition.values.length > 0 ? ` (${list(condition.values)})` : '';
  if (isInverted) return `excludes nothing${matches}`;
  return isDrop ? `drops nothing${matches}` : `keeps nothing${matches}`;
}

export default rule;
