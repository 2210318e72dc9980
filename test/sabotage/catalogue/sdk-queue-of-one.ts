import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the gateway may queue one span for export',
  arguments: () => [
    '--env',
    'api-gateway:OTEL_BSP_MAX_QUEUE_SIZE=1',
    '--env',
    'api-gateway:OTEL_BSP_MAX_EXPORT_BATCH_SIZE=1',
  ],
  notPassed: { 'traces-unbroken': 'fail', 'baseline-sampled-exactly': 'fail' },
  stages: ['sdk-queue-full'],
} satisfies RunSabotage;
