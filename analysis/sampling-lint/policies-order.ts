import { list } from '../lib/text.ts';
import type { Policy } from './lib/conditions.ts';
import type { LintRule, Remark } from './lib/rule.ts';

/** The order of the policies decides nothing, but which of them is said to have kept a trace. */
const rule: LintRule = {
  id: 'policies-order',
  title: 'The order of the policies misleads',
  check({ samplers }) {
    return samplers.flatMap(({ policies }) => [...lateDrops(policies), ...earlyShares(policies)]);
  },
};

function lateDrops(policies: readonly Policy[]): readonly Remark[] {
  const firstKeep = policies.findIndex(({ isDrop }) => !isDrop);
  return policies
    .filter(({ isDrop }, index) => isDrop && firstKeep >= 0 && index > firstKeep)
    .map(({ name, line }) => ({
      severity: 'info',
      line,
      what: `drop policy ${name} stands behind policies that keep`,
      consequence: 'It acts before them all the same, which a reader would not guess.',
      effect: null,
      remedy: 'Put the drop policies first.',
    }));
}

function earlyShares(policies: readonly Policy[]): readonly Remark[] {
  return policies.flatMap(({ name, line, isDrop, condition }, index) => {
    const later = policies.slice(index + 1).filter((other) => !other.isDrop && !isShare(other));
    if (isDrop || !isShare({ condition }) || later.length === 0) return [];
    return [
      {
        severity: 'info',
        line,
        what: `policy ${name} keeps a share of everything, and stands before ${list(later.map((other) => other.name))}`,
        consequence:
          'What is kept is the same. But a trace that several policies keep is counted for the first (tailsampling.policy), so that errors and slow traces are counted as baseline.',
        effect: null,
        remedy: 'Put it last.',
      },
    ];
  });
}

function isShare({ condition }: Pick<Policy, 'condition'>): boolean {
  return condition.kind === 'probabilistic' || condition.kind === 'always';
}

export default rule;
