import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'inventory-slow',
  title: 'no call has a deadline',
  arguments: () => ['--without', 'deadlines'],
  notPassed: { 'degraded-as-declared': 'fail' },
} satisfies RunSabotage;
