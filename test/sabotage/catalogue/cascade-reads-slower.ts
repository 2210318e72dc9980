import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'under the fault product pages take a second longer',
  edits: [
    tables(
      ['ledger'],
      `UPDATE ledger SET latency_us = latency_us + 1000000 WHERE route = 'product-page' AND phase = 'fault'`,
    ),
  ],
  notPassed: { 'cascade-contained': 'fail', 'degraded-as-declared': 'fail' },
} satisfies EvidenceSabotage;
