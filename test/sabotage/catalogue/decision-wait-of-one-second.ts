import type { RunSabotage } from '../contract.ts';
import { collector, SAMPLER } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the sampler decides after one second',
  arguments: collector((document) => document.setIn([...SAMPLER, 'decision_wait'], '1s')),
  // What a trace longer than the wait would have been kept for cannot be predicted, so the sample proves nothing.
  notPassed: {
    'every-error-kept': 'fail',
    'every-slow-trace-kept': 'fail',
    'baseline-sampled-exactly': 'inconclusive',
  },
  stages: ['decided-on-part'],
} satisfies RunSabotage;
