import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'seed-traffic',
  title: 'Stripe fails five times as often as the estimate of the volume says',
  arguments: () => ['--rate', '200', '--env', 'stripe-api:PROVIDER_ERROR_PERCENT=30'],
  notPassed: { 'volume-as-estimated': 'fail' },
} satisfies RunSabotage;
