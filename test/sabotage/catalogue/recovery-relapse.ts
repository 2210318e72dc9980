import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'orders fail again in the last seconds of the recovery',
  edits: [
    tables(
      ['ledger'],
      `UPDATE ledger SET status = 402 WHERE route = 'order' AND phase = 'recovery'
        AND due_us > (SELECT max(due_us) - 3500000 FROM ledger)`,
    ),
  ],
  notPassed: { recovered: 'fail', 'no-order-lost': 'fail' },
} satisfies EvidenceSabotage;
