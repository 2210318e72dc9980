import type { RunSabotage } from '../contract.ts';
import { collector, policy } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'a drop rule swallows orders',
  arguments: collector((document) =>
    document.setIn(
      [...policy(document, 'no-health-checks'), 'drop', 'drop_sub_policy', 0, 'string_attribute', 'values'],
      ['/health', '/ready', '/api/orders'],
    ),
  ),
  notPassed: {
    'every-error-kept': 'fail',
    'every-slow-trace-kept': 'fail',
    'baseline-sampled-exactly': 'fail',
  },
  stages: ['drop-policy-won'],
} satisfies RunSabotage;
