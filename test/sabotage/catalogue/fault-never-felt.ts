import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the calls to Stripe are as fast under the fault as before',
  edits: [
    // Those of the reconciler as well, which may reach the time-out, too.
    tables(
      ['recording'],
      `UPDATE recording SET start_us = end_us - 20000
        WHERE kind = 'client' AND service = 'payment-service' AND end_us - start_us > 2500000`,
    ),
  ],
  notPassed: { 'fault-took-hold': 'inconclusive', 'timeout-enforced': 'inconclusive' },
} satisfies EvidenceSabotage;
