import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-down',
  title: 'no second provider charges',
  arguments: () => ['--without', 'fallback-provider'],
  notPassed: { 'fallback-used': 'fail' },
  // Orders fail before the fault as well, as often as Stripe does by itself: a few more, and they count as ill before.
  mayTurn: {
    'degraded-as-declared': ['fail', 'inconclusive'],
    recovered: ['fail', 'inconclusive'],
  },
} satisfies RunSabotage;
