import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'under the fault one product list in twenty is answered 503',
  edits: [
    tables(
      ['ledger'],
      `UPDATE ledger SET status = 503 WHERE route = 'product-list' AND phase = 'fault' AND seq % 20 = 0`,
    ),
  ],
  notPassed: { 'cascade-contained': 'fail', 'degraded-as-declared': 'fail', 'every-error-kept': 'fail' },
  stages: ['no-policy-keeps-it'],
} satisfies EvidenceSabotage;
