import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the driver falls behind and sends the last second of each phase a second late',
  edits: [
    tables(
      ['ledger'],
      `UPDATE ledger SET sent_us = sent_us + 1500000, latency_us = latency_us
         WHERE due_us > (SELECT max(due_us) - 1000000 FROM ledger l WHERE l.phase = ledger.phase) AND phase = 'baseline'`,
    ),
  ],
  notPassed: { 'load-achieved': 'inconclusive' },
} satisfies EvidenceSabotage;
