import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'a hop drops traceparent',
  arguments: () => ['--env', 'inventory-service:OTEL_PROPAGATORS=none'],
  notPassed: { 'traces-unbroken': 'fail' },
  isTested: true,
} satisfies RunSabotage;
