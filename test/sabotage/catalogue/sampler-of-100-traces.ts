import type { RunSabotage } from '../contract.ts';
import { collector, SAMPLER } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the sampler has room for 100 traces',
  arguments: collector((document) => document.setIn([...SAMPLER, 'num_traces'], 100)),
  notPassed: {
    'every-error-kept': 'fail',
    'every-slow-trace-kept': 'fail',
    'baseline-sampled-exactly': 'fail',
  },
  // A trace whose first spans were pushed out before its last ones came is decided upon by these alone.
  mayTurn: { 'traces-unbroken': 'fail' },
  stages: ['evicted-before-decision'],
  isTested: true,
} satisfies RunSabotage;
