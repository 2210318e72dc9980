import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { CHARGED_ORDER } from '../statements.ts';

/** Its charge goes last, since the others find the order by it. */
export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'an order that was answered as paid is in no book',
  edits: [
    tables(
      [
        'books_orders',
        'books_charges',
        'books_payments',
        'books_reservations',
        'books_stock',
        'books_notifications',
      ],
      `UPDATE books_stock SET stock = stock + r.quantity FROM books_reservations r
        WHERE r.order_id = ${CHARGED_ORDER} AND r.product_id = books_stock.product_id`,
      `DELETE FROM books_reservations WHERE order_id = ${CHARGED_ORDER}`,
      `DELETE FROM books_notifications WHERE order_id = ${CHARGED_ORDER}`,
      `DELETE FROM books_payments WHERE order_id = ${CHARGED_ORDER}`,
      `DELETE FROM books_orders WHERE id = ${CHARGED_ORDER}`,
      `DELETE FROM books_charges WHERE order_id = ${CHARGED_ORDER}`,
    ),
  ],
  notPassed: { 'no-order-lost': 'fail' },
} satisfies EvidenceSabotage;
