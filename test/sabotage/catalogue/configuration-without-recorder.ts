import type { RunSabotage } from '../contract.ts';
import { collector } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the Collector configuration has no flight recorder',
  arguments: collector((document) => document.deleteIn(['service', 'pipelines', 'traces/recording'])),
  notPassed: {},
  refused: /has no flight recorder/,
  isTested: true,
} satisfies RunSabotage;
