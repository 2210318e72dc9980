import { down } from '../faults/down.ts';
import { pipelineScenario } from './lib/pipeline.ts';

/** The Collector's queue to the backend is too small for the outage. */
export default pipelineScenario({
  title: 'Jaeger cannot be reached',
  hypothesis:
    'When the Collector cannot reach Jaeger and its queue is too small for that long, what does not fit is lost and counted, what fits arrives afterwards, and the shop notices nothing.',
  faults: [{ on: 'collector-to-jaeger', fault: down() }],
  configuration: { collector: { 'exporters.otlp_grpc/jaeger.sending_queue.queue_size': 200 } },
  losses: { stages: ['exporter-queue-full'], mayAlso: ['export-failed'] },
});
