import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { failedRequest, fewerAccepted, NOT_ARCHIVED, sdkCounterRises, THEIR_SPANS } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'an SDK gives up the spans of one failed request of 60,000',
  victims: failedRequest(130),
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      fewerAccepted(THEIR_SPANS),
      NOT_ARCHIVED,
      sdkCounterRises('TimeoutError'),
      'DELETE FROM recording WHERE trace_id IN (FROM victims)',
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['sdk-export-failed'],
} satisfies EvidenceSabotage;
