import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { ORDINARY_ORDER } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the breaker is open for one order before the fault',
  victims: ORDINARY_ORDER,
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET attributes = json_merge_patch(attributes, '{"circuit_breaker.state":"open"}')
        WHERE trace_id IN (FROM victims) AND name = 'payment.charge'`,
    ),
  ],
  notPassed: { 'breaker-opened-and-closed': 'fail' },
} satisfies EvidenceSabotage;
