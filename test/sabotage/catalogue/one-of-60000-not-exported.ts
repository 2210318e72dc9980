import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { failedRequest, fewerAccepted, NOT_ARCHIVED, THEIR_SPANS } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'no span of one failed request of 60,000 is ever exported',
  victims: failedRequest(250),
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      fewerAccepted(THEIR_SPANS),
      NOT_ARCHIVED,
      'DELETE FROM recording WHERE trace_id IN (FROM victims)',
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['not-exported'],
} satisfies EvidenceSabotage;
