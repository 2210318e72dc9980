import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'a setting is given to a service that does not exist',
  arguments: () => ['--env', 'billing-service:PORT=1'],
  notPassed: {},
  refused: /billing-service/,
  isTested: true,
} satisfies RunSabotage;
