import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one charge is in another currency than its payment',
  edits: [
    tables(
      ['books_charges'],
      `UPDATE books_charges SET currency = 'usd' WHERE order_id = (SELECT min(order_id) FROM books_charges WHERE status = 'succeeded' AND refunded = 0)`,
    ),
  ],
  notPassed: { 'exactly-once-charge': 'fail' },
} satisfies EvidenceSabotage;
