import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { fewerAccepted, ORDINARY_ORDER } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the span of one hop is never exported',
  victims: ORDINARY_ORDER,
  edits: [
    tables(
      ['recording', 'gauges'],
      `DELETE FROM recording WHERE trace_id IN (FROM victims) AND service = 'inventory-service'
        AND kind = 'server'`,
      fewerAccepted('1'),
    ),
  ],
  notPassed: { 'traces-unbroken': 'fail' },
} satisfies EvidenceSabotage;
