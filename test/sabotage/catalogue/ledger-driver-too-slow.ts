import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the driver falls behind and sends the last second of the baseline too late',
  edits: [
    tables(
      ['ledger'],
      `UPDATE ledger SET sent_us = sent_us + 1500000
        WHERE due_us > (SELECT max(due_us) - 1000000 FROM ledger l WHERE l.phase = 'baseline')
        AND phase = 'baseline'`,
    ),
  ],
  notPassed: { 'load-achieved': 'inconclusive' },
} satisfies EvidenceSabotage;
