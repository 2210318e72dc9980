import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one payment is still of unknown outcome at the end',
  edits: [
    tables(
      ['books_payments'],
      `UPDATE books_payments SET state = 'unknown' WHERE state = 'refunded'
        AND order_id = (SELECT min(order_id) FROM books_payments WHERE state = 'refunded')`,
    ),
  ],
  notPassed: { 'exactly-once-charge': 'fail' },
} satisfies EvidenceSabotage;
