import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the span of one order lacks its total',
  victims: `SELECT trace_id FROM fate WHERE route = 'order' AND phase = 'baseline' AND observed = 'absent' ORDER BY seq LIMIT 1`,
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET attributes = json_merge_patch(attributes, '{"order.total":null}') WHERE trace_id IN (FROM victims) AND name = 'order.create'`,
    ),
  ],
  notPassed: { 'order-span-contract': 'fail' },
} satisfies EvidenceSabotage;
