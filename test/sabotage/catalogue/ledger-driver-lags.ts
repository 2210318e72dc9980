import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the driver sends one request in fifty 300 ms late',
  edits: [
    tables(
      ['ledger'],
      'UPDATE ledger SET sent_us = sent_us + 300000 WHERE seq % 50 = 0 AND latency_us < 1000000',
    ),
  ],
  notPassed: { 'load-achieved': 'inconclusive' },
  // A request that leaves late is answered late: in which seconds that is one too many depends on the run.
  mayTurn: { 'cascade-contained': 'inconclusive' },
} satisfies EvidenceSabotage;
