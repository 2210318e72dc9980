import type { RunSabotage } from '../contract.ts';
import { collector, dropsAlso } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'a drop rule swallows orders',
  arguments: collector(dropsAlso('/api/orders')),
  notPassed: {
    'every-error-kept': 'fail',
    'every-slow-trace-kept': 'fail',
    'baseline-sampled-exactly': 'fail',
  },
  stages: ['drop-policy-won'],
} satisfies RunSabotage;
