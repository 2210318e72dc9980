import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the backend loses one slow trace without an error',
  victims: `SELECT trace_id FROM fate WHERE promise = 'slow' AND observed = 'whole' ORDER BY seq LIMIT 1`,
  edits: [tables(['archive'], NOT_ARCHIVED)],
  notPassed: { 'every-slow-trace-kept': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
