import type { RunSabotage } from '../contract.ts';
import { collector, SAMPLER } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the Collector configuration has a key that the Collector does not know',
  arguments: collector((document) => document.setIn([...SAMPLER, 'decision_wate'], '10s')),
  notPassed: {},
  refused: /decision_wate/,
  isTested: true,
} satisfies RunSabotage;
