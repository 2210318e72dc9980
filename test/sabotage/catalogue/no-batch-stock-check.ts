import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'inventory-sluggish',
  title: 'the stock is checked product by product',
  arguments: () => ['--without', 'batch-stock-check'],
  notPassed: { 'degraded-as-declared': 'fail' },
} satisfies RunSabotage;
