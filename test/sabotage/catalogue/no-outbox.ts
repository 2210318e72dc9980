import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'notification-down',
  title: 'notices are sent while the customer waits',
  arguments: () => ['--without', 'outbox'],
  notPassed: { 'notification-delivered-once': 'fail' },
} satisfies RunSabotage;
