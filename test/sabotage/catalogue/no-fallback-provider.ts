import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-down',
  title: 'no second provider charges',
  arguments: () => ['--without', 'fallback-provider'],
  notPassed: { 'fallback-used': 'fail', 'degraded-as-declared': 'fail' },
  // With every order failing the bound for others is not reached by few.
  mayTurn: { recovered: 'inconclusive' },
} satisfies RunSabotage;
