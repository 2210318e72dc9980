import type { RunSabotage } from '../contract.ts';
import { collector, dropRule } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the rule for health checks asks for an attribute that nobody writes any more',
  arguments: collector((document) => document.setIn([...dropRule(document), 'key'], 'http.target')),
  notPassed: { 'health-checks-dropped': 'fail' },
} satisfies RunSabotage;
