import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { CHARGED_ORDER } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one charge is in another currency than its payment',
  edits: [
    tables(['books_charges'], `UPDATE books_charges SET currency = 'usd' WHERE order_id = ${CHARGED_ORDER}`),
  ],
  notPassed: { 'exactly-once-charge': 'fail' },
} satisfies EvidenceSabotage;
