import type { RunSabotage } from '../contract.ts';
import { collector, policy } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the sampler hashes with another salt',
  arguments: collector((document) =>
    document.setIn([...policy(document, 'the-rest'), 'probabilistic', 'hash_salt'], 'another'),
  ),
  notPassed: { 'baseline-sampled-exactly': 'fail' },
} satisfies RunSabotage;
