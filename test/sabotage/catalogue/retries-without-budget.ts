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
  // The storm takes time of whoever waits, and of the machine; how much depends on the machine.
  mayTurn: {
    'degraded-as-declared': ['fail', 'inconclusive'],
    recovered: ['fail', 'inconclusive'],
    'every-slow-trace-kept': 'inconclusive',
  },
  isTested: true,
} satisfies RunSabotage;
