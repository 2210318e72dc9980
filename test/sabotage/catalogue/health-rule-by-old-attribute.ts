import type { RunSabotage } from '../contract.ts';
import { collector, policy } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the rule for health checks asks for an attribute that nobody writes any more',
  arguments: collector((document) =>
    document.setIn(
      [...policy(document, 'no-health-checks'), 'drop', 'drop_sub_policy', 0, 'string_attribute', 'key'],
      'http.target',
    ),
  ),
  notPassed: { 'health-checks-dropped': 'fail' },
} satisfies RunSabotage;
