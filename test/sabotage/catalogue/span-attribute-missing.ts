import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { ORDINARY_ORDER } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the span of one order lacks its total',
  victims: ORDINARY_ORDER,
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET attributes = json_merge_patch(attributes, '{"order.total":null}')
        WHERE trace_id IN (FROM victims) AND name = 'order.create'`,
    ),
  ],
  notPassed: { 'order-span-contract': 'fail' },
} satisfies EvidenceSabotage;
