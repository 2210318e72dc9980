import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'under the fault every order takes a second and a half longer than it did',
  edits: [
    tables(
      ['ledger'],
      `UPDATE ledger SET latency_us = latency_us + 1500000 WHERE route = 'order' AND phase = 'fault'
        AND latency_us > 2900000`,
    ),
  ],
  notPassed: { 'degraded-as-declared': 'fail' },
} satisfies EvidenceSabotage;
