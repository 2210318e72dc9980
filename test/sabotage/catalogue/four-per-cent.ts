import type { RunSabotage } from '../contract.ts';
import { collector, policy } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: '4 % are sampled instead of 5 %',
  arguments: collector((document) =>
    document.setIn([...policy(document, 'the-rest'), 'probabilistic', 'sampling_percentage'], 4),
  ),
  notPassed: { 'baseline-sampled-exactly': 'fail' },
  stages: ['no-policy-keeps-it'],
  isTested: true,
} satisfies RunSabotage;
