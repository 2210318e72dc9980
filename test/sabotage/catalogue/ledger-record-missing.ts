import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the driver has no record of one request, and the ledger no row',
  edits: [tables(['ledger'], 'DELETE FROM ledger WHERE seq = 1000')],
  notPassed: { 'load-achieved': 'inconclusive' },
} satisfies EvidenceSabotage;
