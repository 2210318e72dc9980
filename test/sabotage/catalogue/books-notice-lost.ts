import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { PAID_ORDER } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one customer is never notified',
  edits: [
    tables(
      ['books_orders', 'books_notifications'],
      `DELETE FROM books_notifications WHERE order_id = ${PAID_ORDER}`,
    ),
  ],
  notPassed: { 'notification-delivered-once': 'fail' },
} satisfies EvidenceSabotage;
