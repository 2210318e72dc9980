import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { fewerAccepted, ORDINARY_ORDER, THEIR_SPANS } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'no service exports a span of one failed order',
  victims: ORDINARY_ORDER,
  edits: [
    tables(
      ['ledger', 'recording', 'gauges'],
      fewerAccepted(THEIR_SPANS),
      'UPDATE ledger SET status = 503 WHERE trace_id IN (FROM victims)',
      'DELETE FROM recording WHERE trace_id IN (FROM victims)',
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['not-exported'],
} satisfies EvidenceSabotage;
