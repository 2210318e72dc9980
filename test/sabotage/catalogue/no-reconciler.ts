import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-resets',
  title: 'charges of unknown outcome are never looked up',
  arguments: () => ['--without', 'reconciler'],
  notPassed: { 'exactly-once-charge': 'fail' },
  isTested: true,
} satisfies RunSabotage;
