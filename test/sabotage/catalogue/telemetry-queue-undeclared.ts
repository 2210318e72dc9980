import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'otlp-slow',
  title: 'spans find the queue of the gateway full, though nothing may be lost',
  arguments: () => [
    '--env',
    'api-gateway:OTEL_BSP_MAX_QUEUE_SIZE=50',
    '--env',
    'api-gateway:OTEL_BSP_MAX_EXPORT_BATCH_SIZE=50',
  ],
  notPassed: { 'losses-as-declared': 'fail' },
  stages: ['sdk-queue-full'],
  isTested: true,
} satisfies RunSabotage;
