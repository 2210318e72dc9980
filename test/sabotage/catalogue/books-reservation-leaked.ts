import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'an order that does not exist holds a unit',
  edits: [
    tables(
      ['books_stock', 'books_reservations'],
      `INSERT INTO books_reservations (order_id, product_id, quantity, state) VALUES ('nobody', 7, 1, 'reserved')`,
      'UPDATE books_stock SET stock = stock - 1 WHERE product_id = 7',
    ),
  ],
  notPassed: { 'stock-conserved': 'fail' },
} satisfies EvidenceSabotage;
