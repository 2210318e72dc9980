import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one call to Stripe lasts a second longer than its time-out',
  victims: `SELECT r.trace_id FROM recording r JOIN fate f ON f.trace_id = r.trace_id WHERE f.phase = 'fault'
        AND r.service = 'payment-service' AND r.kind = 'client'
        AND r.status = 'error' AND r.end_us - r.start_us > 2900000 AND f.observed = 'whole'
        ORDER BY r.start_us LIMIT 1`,
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET end_us = end_us + 1000000 WHERE span_id = (SELECT min(span_id) FROM recording
        WHERE trace_id IN (FROM victims) AND service = 'payment-service' AND kind = 'client'
        AND status = 'error')`,
    ),
  ],
  notPassed: { 'timeout-enforced': 'fail' },
} satisfies EvidenceSabotage;
