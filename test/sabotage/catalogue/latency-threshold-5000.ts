import type { RunSabotage } from '../contract.ts';
import { collector, policy } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the latency threshold is 5000 instead of 1999 ms',
  arguments: collector((document) =>
    document.setIn([...policy(document, 'slow'), 'latency', 'threshold_ms'], 5000),
  ),
  notPassed: { 'every-slow-trace-kept': 'fail' },
  stages: ['no-policy-keeps-it'],
  isTested: true,
} satisfies RunSabotage;
