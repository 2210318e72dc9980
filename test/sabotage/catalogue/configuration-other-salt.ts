import type { EvidenceSabotage } from '../contract.ts';
import { policy } from '../edit-configuration.ts';
import { configuration } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the sampler that ran has another salt than the configuration of the run',
  edits: [
    configuration('collector.yaml', (document) =>
      document.setIn([...policy(document, 'the-rest'), 'probabilistic', 'hash_salt'], 'another'),
    ),
  ],
  notPassed: { 'baseline-sampled-exactly': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
