import { pipelineScenario } from './lib/pipeline.ts';

/** Some 450 spans a second end in the gateway, and it exports once a second at most. */
export default pipelineScenario({
  title: 'The queue of an SDK is too small',
  hypothesis:
    'When the queue of the gateway holds fewer spans than end between two exports, those that find it full are lost before they leave the service, its SDK counts each, and the shop notices nothing.',
  environment: {
    'api-gateway': { OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100' },
  },
  losses: { stages: ['sdk-queue-full'] },
});
