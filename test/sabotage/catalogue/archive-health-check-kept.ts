import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the backend has one health check',
  victims: `SELECT trace_id FROM fate WHERE promise = 'health-checks' AND recorded_spans > 0
        ORDER BY seq LIMIT 1`,
  edits: [tables(['recording', 'archive'], ARCHIVED)],
  notPassed: { 'health-checks-dropped': 'fail' },
} satisfies EvidenceSabotage;
