import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { fewerAccepted, keptErrors } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the entry span of a trace with an error is never exported',
  victims: keptErrors(1),
  edits: [
    tables(
      ['recording', 'archive', 'gauges'],
      `DELETE FROM recording WHERE trace_id IN (FROM victims) AND service = 'api-gateway'
        AND kind = 'server'`,
      `DELETE FROM archive WHERE trace_id IN (FROM victims) AND service = 'api-gateway' AND kind = 'server'`,
      fewerAccepted('1'),
    ),
  ],
  notPassed: { 'traces-unbroken': 'fail' },
} satisfies EvidenceSabotage;
