import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'inventory-down',
  title: 'no old product list is shown',
  arguments: () => ['--without', 'stale-product-list'],
  notPassed: { 'degraded-as-declared': 'fail' },
} satisfies RunSabotage;
