import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { keptErrors } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the span of one order has an error, and neither a message nor an exception',
  victims: keptErrors(1),
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET status = 'error' WHERE trace_id IN (FROM victims) AND name = 'order.create'`,
    ),
  ],
  notPassed: { 'order-span-contract': 'fail' },
} satisfies EvidenceSabotage;
