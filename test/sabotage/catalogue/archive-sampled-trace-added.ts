import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one trace is kept that the hash does not pick',
  victims: `SELECT trace_id FROM fate WHERE promise = 'normal' AND NOT promised_kept AND observed = 'absent'
        AND recorded_spans > 0 ORDER BY seq LIMIT 1`,
  edits: [tables(['recording', 'archive'], ARCHIVED)],
  notPassed: { 'baseline-sampled-exactly': 'fail' },
} satisfies EvidenceSabotage;
