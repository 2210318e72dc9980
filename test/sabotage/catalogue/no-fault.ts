import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'no fault is injected',
  arguments: () => ['--no-fault'],
  notPassed: {
    'fault-took-hold': 'inconclusive',
    'timeout-enforced': 'inconclusive',
    'breaker-opened-and-closed': 'inconclusive',
    'cascade-contained': 'inconclusive',
    'degraded-as-declared': 'inconclusive',
    recovered: 'inconclusive',
  },
  isTested: true,
} satisfies RunSabotage;
