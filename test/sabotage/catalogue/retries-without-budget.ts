import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'inventory-down',
  title: 'retries have no budget',
  arguments: () => [
    '--env',
    'api-gateway:RETRY_ATTEMPTS=8',
    '--env',
    'api-gateway:RETRY_BUDGET_PERCENT=100000',
  ],
  notPassed: { 'retries-bounded': 'fail' },
  isTested: true,
} satisfies RunSabotage;
