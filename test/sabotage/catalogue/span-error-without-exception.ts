import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the span of one order has an error, and neither a message nor an exception',
  victims: `SELECT f.trace_id FROM fate f JOIN traces t ON t.trace_id = f.trace_id
         WHERE f.promise = 'errors' AND f.observed = 'whole' AND t.entry_us < 1500000 ORDER BY f.seq LIMIT 1 OFFSET 3`,
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET status = 'error' WHERE trace_id IN (FROM victims) AND name = 'order.create'`,
    ),
  ],
  notPassed: { 'order-span-contract': 'fail' },
} satisfies EvidenceSabotage;
