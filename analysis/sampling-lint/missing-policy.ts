import type { SamplingPromise } from '../../harness/contracts.ts';
import { classesOf, nameOf, type TraceClass } from './lib/classes.ts';
import type { Policy } from './lib/conditions.ts';
import type { Sampler } from './lib/configuration.ts';
import { effectOnClass } from './lib/effect.ts';
import { intended } from './lib/intended.ts';
import { policyFor } from './lib/policy-yaml.ts';
import type { Expectations, LintRule, Remark } from './lib/rule.ts';
import { kept, matched, type Share } from './lib/shares.ts';
import { percent } from './lib/text.ts';

/** Shares that differ by less are equal. */
const EPSILON = 1e-9;

/** A class of traces of which another share is kept than was promised. */
interface Breach {
  readonly of: TraceClass;
  readonly kept: Share;
  readonly isTooMany: boolean;
}

/** A promise that no policy keeps, or one with another percentage. */
const rule: LintRule = {
  id: 'missing-policy',
  title: 'No policy does what was promised',
  check({ samplers }, expectations) {
    const classes = classesOf(expectations);
    return samplers.flatMap((sampler) => {
      const policies = intended(sampler.policies, expectations.promises);
      const breaches = classes.flatMap((of) => breach(policies, of, expectations) ?? []);
      // Paths of one promise that fail in the same way are one finding.
      const groups = Map.groupBy(breaches, (each) => `${each.of.promise.id} ${rangeText(each.kept)}`);
      return [...groups.values()].flatMap((group) => remark(sampler, policies, group, expectations) ?? []);
    });
  },
};

function breach(
  policies: readonly Policy[],
  of: TraceClass,
  { longestMs }: Expectations,
): Breach | undefined {
  const promised = of.promise.keepPercent / 100;
  // What a drop policy takes from other classes is for drop-swallows-errors to say.
  const deciding =
    of.path === undefined && promised > 0 ? policies.filter(({ isDrop }) => !isDrop) : policies;
  const share = kept(deciding, of, longestMs);
  const isTooMany = promised === 0 ? share.most > EPSILON : share.least > promised + EPSILON;
  const isTooFew = promised === 1 ? share.least < 1 - EPSILON : share.most < promised - EPSILON;
  return isTooMany || isTooFew ? { of, kept: share, isTooMany } : undefined;
}

function remark(
  sampler: Sampler,
  policies: readonly Policy[],
  group: readonly Breach[],
  expectations: Expectations,
): Remark | undefined {
  const [first] = group;
  if (!first) return undefined;
  const { of, kept: share, isTooMany } = first;
  const promise = narrowed(of.promise, group);
  const promised = promise.keepPercent / 100;
  const name = nameOf({ ...of, promise, path: undefined });
  return {
    severity: 'error',
    line: wrongPolicy(policies, first, expectations)?.condition.line ?? sampler.policiesLine,
    what: `no policy ${promised === 0 ? 'drops' : `keeps ${percent(promised)} of`} ${name}, as '${promise.title}' promises`,
    consequence: `${rangeText(share)} of them are kept.`,
    effect: isTooMany
      ? // Of health checks too, few are slow or failed: what is kept for certain is what counts.
        effectOnClass('surplus', share.least - promised, of, expectations)
      : effectOnClass('lost', promised - share.least, of, expectations),
    remedy: of.promise.when.kind === 'any' ? 'Keep this share of everything:' : 'Add to policies:',
    yaml: policyFor(promise, isTooMany),
  };
}

/** The promise for those of its paths that are concerned. */
function narrowed(promise: SamplingPromise, group: readonly Breach[]): SamplingPromise {
  if (promise.when.kind !== 'path') return promise;
  return { ...promise, when: { kind: 'path', paths: group.flatMap(({ of }) => of.path ?? []) } };
}

function rangeText({ least, most }: Share): string {
  return most - least < EPSILON ? percent(most) : `${percent(least)} to ${percent(most)}`;
}

/** What keeps another share of all traces than was promised. */
function wrongPolicy(
  policies: readonly Policy[],
  { of }: Breach,
  { longestMs }: Expectations,
): Policy | undefined {
  if (of.promise.when.kind !== 'any') return undefined;
  return policies.find(({ isDrop, condition }) => !isDrop && matched(condition, of, longestMs).least > 0);
}

export default rule;
