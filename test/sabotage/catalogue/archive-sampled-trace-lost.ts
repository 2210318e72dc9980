import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the backend loses one of the traces that the hash picks',
  victims: `SELECT trace_id FROM fate WHERE promise = 'normal' AND promised_kept AND observed = 'whole'
        ORDER BY seq LIMIT 1`,
  edits: [tables(['archive'], NOT_ARCHIVED)],
  notPassed: { 'baseline-sampled-exactly': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
