import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { fewerAccepted, ORDINARY_ORDER } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one order has no span for its validation',
  victims: ORDINARY_ORDER,
  edits: [
    tables(
      ['recording', 'gauges'],
      `DELETE FROM recording WHERE trace_id IN (FROM victims) AND name = 'order.validate'`,
      fewerAccepted('1'),
    ),
  ],
  notPassed: { 'order-span-contract': 'fail', 'traces-unbroken': 'fail' },
} satisfies EvidenceSabotage;
