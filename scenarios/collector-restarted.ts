import { stopped } from '../faults/stopped.ts';
import { pipelineScenario } from './lib/pipeline.ts';

/**
 * A deployment: it decides on what waits and sends it on, but a trace of which more comes is decided on in two parts. These are
 * the ones of about a second, the delay of the services' exports; a Collector that lost what waits would lose ten times as many.
 */
export default pipelineScenario({
  title: 'The Collector is deployed anew',
  hypothesis:
    'When the Collector ends in order and starts again, it decides on the traces that wait before it goes; only traces of which one part came before and the other after are lost, and the shop notices nothing.',
  faults: [{ on: 'collector', fault: stopped(), until: 0.2 }],
  losses: {
    stages: [],
    mayAlso: ['lost-in-crash', 'sdk-export-failed', 'late-spans'],
    atMost: { 'lost-in-crash': 10 },
  },
});
