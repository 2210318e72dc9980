import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one request is recorded twice, with two results',
  edits: [
    tables(
      ['ledger'],
      'INSERT INTO ledger SELECT * REPLACE (latency_us + 1000 AS latency_us) FROM ledger WHERE seq = 1000',
    ),
  ],
  notPassed: { 'load-achieved': 'inconclusive' },
} satisfies EvidenceSabotage;
