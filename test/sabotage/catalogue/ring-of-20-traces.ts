import type { RunSabotage } from '../contract.ts';
import { jaeger, MAX_TRACES } from '../edit-configuration.ts';

export default {
  level: 'run',
  scenario: 'stripe-slow',
  title: 'the backend has room for 20 traces',
  arguments: jaeger((document) => document.setIn(MAX_TRACES, 20)),
  notPassed: {
    'every-error-kept': 'fail',
    'every-slow-trace-kept': 'fail',
    'baseline-sampled-exactly': 'fail',
  },
  stages: ['evicted-by-archive'],
  isTested: true,
} satisfies RunSabotage;
