import { killed } from '../faults/killed.ts';
import { pipelineScenario } from './lib/pipeline.ts';

/** All that waits for its decision is in the Collector's memory: ten seconds of traces. */
export default pipelineScenario({
  title: 'The Collector crashes',
  hypothesis:
    'When the Collector is killed, the traces of the last ten seconds are lost with it, what the services could not send for too long is given up by their SDKs, everything else is kept, and the shop notices nothing.',
  faults: [{ on: 'collector', fault: killed(), until: 0.4 }],
  losses: {
    stages: ['lost-in-crash'],
    mayAlso: ['sdk-export-failed', 'late-spans', 'late-after-forgotten'],
  },
});
