import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the backend loses one trace with an error, and nothing says why',
  victims: `SELECT f.trace_id FROM fate f JOIN traces t ON t.trace_id = f.trace_id
         WHERE f.promise = 'errors' AND f.observed = 'whole' AND t.entry_us < 1500000 ORDER BY f.seq LIMIT 1 OFFSET 3`,
  edits: [tables(['archive'], 'DELETE FROM archive WHERE trace_id IN (FROM victims)')],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
