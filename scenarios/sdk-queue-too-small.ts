import { latency } from '../faults/latency.ts';
import { pipelineScenario } from './lib/pipeline.ts';

/** While an export is under way, spans wait: some 450 a second end in the gateway. A large queue holds them, see otlp-slow. */
export default pipelineScenario({
  title: 'The queue of an SDK is too small',
  hypothesis:
    'When each answer of the Collector takes a second longer and the queue of the gateway holds a hundred spans, those that find it full are lost before they leave the service, its SDK counts each, and the shop notices nothing.',
  faults: [{ on: 'services-to-collector', fault: latency({ latencyMs: 1000 }) }],
  environment: {
    'api-gateway': { OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100' },
  },
  losses: { stages: ['sdk-queue-full'] },
});
