import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one product page takes 2.5 s for the client, and no span says so',
  victims: `SELECT trace_id FROM ledger WHERE route = 'product-page' AND phase = 'baseline' ORDER BY seq LIMIT 1`,
  edits: [tables(['ledger'], 'UPDATE ledger SET latency_us = 2500000 WHERE trace_id IN (FROM victims)')],
  notPassed: { 'every-slow-trace-kept': 'inconclusive' },
} satisfies EvidenceSabotage;
