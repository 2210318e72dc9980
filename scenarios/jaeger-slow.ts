import { latency } from '../faults/latency.ts';
import { pipelineScenario } from './lib/pipeline.ts';

/** The Collector's queue is there for this. */
export default pipelineScenario({
  title: 'Jaeger is slow',
  hypothesis:
    'When each answer of Jaeger takes three seconds longer, the traces wait in the queue of the Collector, none is lost, and the shop notices nothing.',
  faults: [{ on: 'collector-to-jaeger', fault: latency({ latencyMs: 3000 }) }],
  losses: {},
});
