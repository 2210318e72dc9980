import type { EvidenceSabotage } from '../contract.ts';
import { configuration, tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the backend pushes the oldest of its traces out, one with an error of 60,000 requests',
  victims: `SELECT trace_id FROM fate WHERE promise = 'error' AND observed = 'whole' ORDER BY seq LIMIT 1 OFFSET 0`,
  edits: [
    tables(['archive'], 'DELETE FROM archive WHERE trace_id IN (FROM victims)'),
    configuration('jaeger.yaml', (document) =>
      document.setIn(['extensions', 'jaeger_storage', 'backends', 'memory', 'memory', 'max_traces'], 3800),
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['evicted-by-archive'],
} satisfies EvidenceSabotage;
