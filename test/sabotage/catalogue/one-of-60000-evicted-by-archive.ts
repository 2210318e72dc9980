import type { EvidenceSabotage } from '../contract.ts';
import { configuration, tables } from '../edits.ts';
import { failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the backend pushes the oldest of its traces out, one with an error of 60,000 requests',
  victims: failedRequest(0),
  edits: [
    tables(['archive'], NOT_ARCHIVED),
    configuration('jaeger.yaml', (document) =>
      document.setIn(['extensions', 'jaeger_storage', 'backends', 'memory', 'memory', 'max_traces'], 3800),
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['evicted-by-archive'],
} satisfies EvidenceSabotage;
