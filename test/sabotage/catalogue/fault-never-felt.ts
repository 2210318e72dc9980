import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the calls to Stripe are as fast under the fault as before',
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET start_us = end_us - 20000
        WHERE kind = 'client' AND service = 'payment-service' AND end_us - start_us > 2500000
        AND parent_id IN (SELECT span_id FROM recording WHERE name = 'stripe.api')`,
    ),
  ],
  notPassed: { 'fault-took-hold': 'inconclusive', 'timeout-enforced': 'inconclusive' },
} satisfies EvidenceSabotage;
