import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the second provider is called for an order that Stripe charged',
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET http_status = 200, status = 'unset' WHERE span_id = (
        SELECT min(s.span_id) FROM recording s JOIN recording b ON b.trace_id = s.trace_id
        AND b.name = 'backup.api'
        JOIN recording p ON p.trace_id = s.trace_id AND p.span_id = s.parent_id AND p.name = 'stripe.api'
        WHERE s.kind = 'client' AND s.status = 'error')`,
    ),
  ],
  notPassed: { 'fallback-used': 'fail' },
} satisfies EvidenceSabotage;
