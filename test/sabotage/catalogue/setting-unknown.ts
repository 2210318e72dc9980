import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'a setting is given that the service does not have',
  arguments: () => ['--env', 'payment-service:STRIPE_TIMEOUT=1'],
  notPassed: {},
  refused: /STRIPE_TIMEOUT/,
} satisfies RunSabotage;
