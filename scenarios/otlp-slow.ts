import { latency } from '../faults/latency.ts';
import { pipelineScenario } from './lib/pipeline.ts';

/** Below the time-out of the exporters (10 s), and within what the queues of the SDKs hold. */
export default pipelineScenario({
  title: 'The Collector answers late',
  hypothesis:
    'When each answer of the Collector takes four seconds longer, spans wait in the queues of the SDKs, all of them arrive before the decision, none is lost, and the shop notices nothing.',
  faults: [{ on: 'services-to-collector', fault: latency({ latencyMs: 4000 }) }],
  losses: {},
});
