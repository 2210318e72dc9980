import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { failedRequest, fewerAccepted, NOT_ARCHIVED, sdkCounterRises, THEIR_SPANS } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the queue of an SDK is full when one of 60,000 requests fails',
  victims: failedRequest(130),
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      fewerAccepted(THEIR_SPANS),
      NOT_ARCHIVED,
      sdkCounterRises('queue_full'),
      'DELETE FROM recording WHERE trace_id IN (FROM victims)',
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['sdk-queue-full'],
} satisfies EvidenceSabotage;
