import type { RunSabotage } from '../contract.ts';
import { collector, SAMPLER } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the sampler decides after one second',
  arguments: collector((document) => document.setIn([...SAMPLER, 'decision_wait'], '1s')),
  notPassed: { 'every-error-kept': 'fail', 'every-slow-trace-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['late-spans'],
} satisfies RunSabotage;
