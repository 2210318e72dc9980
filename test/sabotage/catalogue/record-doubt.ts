import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_LEDGER } from '../doubtful.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the gatherer of the ledger doubts its own completeness',
  edits: [record((run) => ({ ...run, doubts: [{ source: 'ledger', what: '3 records were not readable' }] }))],
  notPassed: inconclusive(NEEDS_LEDGER),
} satisfies EvidenceSabotage;
