import type { RunSabotage } from '../contract.ts';
import { collector, policy } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: "the exercise's own rule for health checks, which keeps 100 %",
  arguments: collector((document) =>
    document.setIn(policy(document, 'no-health-checks'), {
      name: 'no-health-checks',
      type: 'string_attribute',
      string_attribute: { key: 'http.target', values: ['/health', '/ready'], invert_match: true },
    }),
  ),
  notPassed: { 'health-checks-dropped': 'fail', 'baseline-sampled-exactly': 'fail' },
  isTested: true,
} satisfies RunSabotage;
