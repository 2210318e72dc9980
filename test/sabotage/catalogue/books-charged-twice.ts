import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { PAID_ORDER } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one order is charged a second time, by the second provider',
  edits: [
    tables(
      ['books_orders', 'books_backup_charges'],
      `INSERT INTO books_backup_charges (id, idempotency_key, order_id, amount, currency, status, refunded, created_us)
        SELECT 'bk_planted', id, id, amount, 'eur', 'succeeded', 0, 1 FROM books_orders
        WHERE id = ${PAID_ORDER}`,
    ),
  ],
  notPassed: { 'exactly-once-charge': 'fail' },
} satisfies EvidenceSabotage;
