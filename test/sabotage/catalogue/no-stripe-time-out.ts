import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'payment has no time-out for Stripe',
  arguments: () => ['--env', 'payment-service:STRIPE_TIMEOUT_MS=0'],
  notPassed: {
    'timeout-enforced': 'fail',
    'degraded-as-declared': 'fail',
    'breaker-opened-and-closed': 'inconclusive',
  },
  // Stripe's late answers are good ones then, so no fallback is needed, unless Stripe failed by itself.
  mayTurn: { 'fallback-used': 'inconclusive' },
  isTested: true,
} satisfies RunSabotage;
