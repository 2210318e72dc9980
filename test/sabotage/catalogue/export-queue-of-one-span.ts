import type { RunSabotage } from '../contract.ts';
import { collector } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the exporter to the backend may queue one span',
  arguments: collector((document) =>
    document.setIn(['exporters', 'otlp_grpc/jaeger', 'sending_queue', 'queue_size'], 1),
  ),
  notPassed: {
    'every-error-kept': 'fail',
    'every-slow-trace-kept': 'fail',
    'baseline-sampled-exactly': 'fail',
  },
  stages: ['exporter-queue-full'],
} satisfies RunSabotage;
