import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the provider does not know one charge of a paid order',
  edits: [
    tables(
      ['books_charges'],
      `DELETE FROM books_charges WHERE order_id = (SELECT min(order_id) FROM books_charges WHERE status = 'succeeded' AND refunded = 0)`,
    ),
  ],
  notPassed: { 'exactly-once-charge': 'fail' },
} satisfies EvidenceSabotage;
