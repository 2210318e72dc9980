import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one unit of a product is gone without a reservation',
  edits: [tables(['books_stock'], 'UPDATE books_stock SET stock = stock - 1 WHERE product_id = 7')],
  notPassed: { 'stock-conserved': 'fail' },
} satisfies EvidenceSabotage;
