import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'an order before the fault is charged by the second provider, and nobody asked Stripe',
  victims: `SELECT min(c.trace_id) AS trace_id FROM calls c, phases p
    WHERE c.edge = 'payment-to-stripe' AND c.status <> 'error'
      AND p.name = 'baseline' AND c.start_us >= p.start_us + 1000000 AND c.start_us < p.end_us - 3000000
      AND c.trace_id IN (SELECT trace_id FROM fate WHERE observed = 'absent')`,
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET service = 'backup-pay-api'
        WHERE kind = 'server' AND service = 'stripe-api' AND trace_id IN (FROM victims)`,
    ),
  ],
  notPassed: { 'fallback-used': 'fail' },
} satisfies EvidenceSabotage;
