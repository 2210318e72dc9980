import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the driver never reports what became of one request',
  edits: [
    tables(
      ['ledger'],
      'UPDATE ledger SET due_us = NULL, sent_us = NULL, latency_us = NULL, status = NULL, error = NULL, bytes_in = NULL WHERE seq = 1000',
    ),
  ],
  notPassed: { 'load-achieved': 'inconclusive', 'degraded-as-declared': 'inconclusive' },
} satisfies EvidenceSabotage;
