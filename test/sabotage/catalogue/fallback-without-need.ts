import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

/** An order of the fault: after it, while the breaker may still be open, the fallback is not held against its need. */
export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the second provider is called for an order that Stripe charged',
  victims: `SELECT min(c.trace_id) AS trace_id
    FROM calls c JOIN calls b ON b.trace_id = c.trace_id AND b.edge = 'payment-to-backup', phases p
    WHERE c.edge = 'payment-to-stripe' AND c.status = 'error'
      AND p.name = 'fault' AND c.start_us >= p.start_us + 1000000 AND c.start_us < p.end_us - 1000000`,
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET http_status = 200, status = 'unset'
        WHERE kind = 'client' AND peer_service = 'stripe-api' AND trace_id IN (FROM victims)`,
    ),
  ],
  notPassed: { 'fallback-used': 'fail' },
} satisfies EvidenceSabotage;
