import type { RunSabotage } from '../contract.ts';
import { collector, policy } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'no policy keeps errors',
  arguments: collector((document) => document.deleteIn(policy(document, 'errors'))),
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['no-policy-keeps-it'],
  isTested: true,
} satisfies RunSabotage;
