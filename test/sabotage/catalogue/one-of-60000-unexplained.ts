import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'one trace with an error of 60,000 requests is gone from the backend, and nothing says why',
  victims: `SELECT trace_id FROM fate WHERE promise = 'error' AND observed = 'whole' ORDER BY seq LIMIT 1 OFFSET 150`,
  edits: [tables(['archive'], 'DELETE FROM archive WHERE trace_id IN (FROM victims)')],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
