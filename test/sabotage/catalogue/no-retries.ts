import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'inventory-cut',
  title: 'no call is tried again',
  arguments: () => ['--without', 'retries'],
  notPassed: { 'degraded-as-declared': 'fail' },
} satisfies RunSabotage;
