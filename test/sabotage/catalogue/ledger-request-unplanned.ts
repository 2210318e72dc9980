import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'a request reached the shop that nobody planned',
  edits: [
    tables(
      ['recording', 'ledger'],
      `INSERT INTO recording SELECT * REPLACE ('0123456789abcdef0123456789abcdef' AS trace_id)
        FROM recording
        WHERE trace_id = (SELECT trace_id FROM ledger WHERE route = 'product-list' AND phase = 'baseline'
        ORDER BY seq LIMIT 1)`,
    ),
  ],
  notPassed: { 'load-achieved': 'inconclusive' },
} satisfies EvidenceSabotage;
