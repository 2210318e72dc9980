import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the client got an error for an order that is paid',
  victims: `SELECT trace_id FROM ledger WHERE route = 'order' AND phase = 'recovery' AND status = 201
        ORDER BY seq LIMIT 1`,
  edits: [tables(['ledger'], 'UPDATE ledger SET status = 409 WHERE trace_id IN (FROM victims)')],
  notPassed: { 'no-order-lost': 'fail' },
} satisfies EvidenceSabotage;
