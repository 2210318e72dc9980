import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'product pages stay slow for eight seconds after the fault',
  edits: [
    tables(
      ['ledger'],
      `UPDATE ledger SET latency_us = latency_us + 1000000 WHERE route = 'product-page'
        AND phase = 'recovery'
        AND due_us < (SELECT min(due_us) + 8000000 FROM ledger WHERE phase = 'recovery')`,
    ),
  ],
  notPassed: { recovered: 'fail' },
  // It judges the recovery from its fifth second on: three seconds of it, or four.
  mayTurn: { 'cascade-contained': 'fail' },
} satisfies EvidenceSabotage;
