import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { CHARGED_ORDER } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the provider does not know one charge of a paid order',
  edits: [tables(['books_charges'], `DELETE FROM books_charges WHERE order_id = ${CHARGED_ORDER}`)],
  notPassed: { 'exactly-once-charge': 'fail' },
} satisfies EvidenceSabotage;
