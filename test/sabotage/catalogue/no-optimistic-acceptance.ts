import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'inventory-down',
  title: 'no order is accepted without inventory',
  arguments: () => ['--without', 'optimistic-acceptance'],
  notPassed: { 'degraded-as-declared': 'fail' },
} satisfies RunSabotage;
