import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_LEDGER } from '../doubtful.ts';
import { tablesAfterwards } from '../edits.ts';

/** One microsecond of one request: what else was changed, nobody knows. */
export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'somebody changes the ledger after the run',
  edits: [tablesAfterwards(['ledger'], 'UPDATE ledger SET latency_us = latency_us + 1 WHERE seq = 100')],
  notPassed: inconclusive(NEEDS_LEDGER),
} satisfies EvidenceSabotage;
