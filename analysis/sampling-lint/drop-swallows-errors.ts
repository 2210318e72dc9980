import { list } from '../lib/text.ts';
import { PATH_ATTRIBUTE } from './lib/attributes.ts';
import { classesOf, nameOf, type TraceClass } from './lib/classes.ts';
import { type Condition, type Policy, partsOf } from './lib/conditions.ts';
import { effectOf } from './lib/effect.ts';
import { listedPaths, strayPath } from './lib/paths.ts';
import { sparing } from './lib/policy-yaml.ts';
import type { Expectations, LintRule, Remark, Severity } from './lib/rule.ts';
import { matched } from './lib/shares.ts';

/** A drop policy wins over every other: what it matches is lost, though it was promised. */
const rule: LintRule = {
  id: 'drop-swallows-errors',
  title: 'A drop policy matches traces that were promised',
  check({ samplers }, expectations) {
    return samplers.flatMap(({ policies }) =>
      policies.filter(({ isDrop }) => isDrop).flatMap((policy) => remark(policy, expectations) ?? []),
    );
  },
};

function remark(policy: Policy, expectations: Expectations): Remark | undefined {
  const share = (of: TraceClass) => matched(policy.condition, of, expectations.longestMs);
  const hit = classesOf(expectations).filter((of) => of.promise.keepPercent > 0 && share(of).most > 0);
  if (hit.length === 0) return undefined;
  const whole = hit.filter(({ promise }) => promise.keepPercent === 100);
  const { severity, which } = judged(policy.condition, hit, expectations);
  const lost = hit.reduce(
    (sum, of) =>
      sum + share(of).least * (of.promise.keepPercent / 100) * (of.share ?? 0) * expectations.ratePerS,
    0,
  );
  const spared = whole.filter(({ path }) => path === undefined).map(({ promise }) => promise);
  return {
    // What the others keep in part is the author's to give up, but not in silence.
    severity: whole.length > 0 ? severity : 'warning',
    line: policy.line,
    what: `drop policy ${policy.name} can match ${list(hit.map(nameOf))}${which}; drop wins over every policy that keeps them`,
    consequence:
      lost > 0 ? 'They are lost.' : 'Each one that it matches is lost; how many depends on the traffic.',
    effect: effectOf('lost', lost, expectations),
    remedy:
      spared.length > 0
        ? 'List the exact paths that no promise keeps, put their promise before the others, or let drop_sub_policy spare what was promised:'
        : 'List the exact values that no promise keeps.',
    ...(spared.length > 0 ? { yaml: sparing(spared) } : {}),
  };
}

/** How bad it is that a path is the condition, and which paths it is that should not be dropped. */
function judged(
  condition: Condition,
  hit: readonly TraceClass[],
  { promises }: Expectations,
): { readonly severity: Severity; readonly which: string } {
  const match = pathMatch(condition);
  if (!match) return { severity: 'error', which: '' };
  const exempt = hit.flatMap(({ otherThan }) => otherThan);
  const given = promises.flatMap(({ when, keepPercent }) =>
    when.kind === 'path' && keepPercent === 0 ? when.paths : [],
  );
  const paths = listedPaths(match);
  if (!paths) {
    const stray = strayPath(match, given);
    return stray === undefined
      ? { severity: 'warning', which: ', as its pattern does not say which paths it means' }
      : { severity: 'error', which: `, such as those of ${stray}` };
  }
  const strays = paths.filter((path) => !exempt.includes(path));
  // Promised not to be kept, only later than errors are promised to be kept.
  const isGivenUp = strays.every((path) => given.includes(path));
  return { severity: isGivenUp ? 'warning' : 'error', which: ` of ${list(strays)}` };
}

/** The match on the path that limits the policy. */
function pathMatch(condition: Condition) {
  for (const part of condition.kind === 'and' ? condition.of : partsOf(condition))
    if (part.kind === 'string' && part.key === PATH_ATTRIBUTE && !part.isInverted) return part;
  return undefined;
}

export default rule;
