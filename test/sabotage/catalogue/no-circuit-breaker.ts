import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'Stripe is called on and on while it fails',
  arguments: () => ['--without', 'circuit-breaker'],
  notPassed: { 'breaker-opened-and-closed': 'fail' },
} satisfies RunSabotage;
