import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { PAID_ORDER } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one order is still pending at the end',
  edits: [tables(['books_orders'], `UPDATE books_orders SET state = 'pending' WHERE id = ${PAID_ORDER}`)],
  notPassed: {
    'exactly-once-charge': 'fail',
    'no-order-lost': 'fail',
    'notification-delivered-once': 'fail',
  },
} satisfies EvidenceSabotage;
