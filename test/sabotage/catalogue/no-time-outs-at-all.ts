import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'neither Stripe nor anybody else has a time-out',
  arguments: () => ['--without', 'stripe-timeout', '--without', 'deadlines'],
  notPassed: {
    'cascade-contained': 'fail',
    'timeout-enforced': 'fail',
    'degraded-as-declared': 'fail',
    'breaker-opened-and-closed': 'inconclusive',
  },
  // Stripe's late answers are good ones then, so no fallback is needed, unless Stripe failed by itself.
  mayTurn: { 'fallback-used': 'inconclusive' },
} satisfies RunSabotage;
