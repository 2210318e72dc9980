import type { EvidenceSabotage } from '../contract.ts';
import { lostBeforeRecording } from '../losses.ts';
import { failedRequest, sdkCounterRises } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the queue of an SDK is full when one of 60,000 requests fails',
  victims: failedRequest(130),
  edits: [lostBeforeRecording(sdkCounterRises('queue_full'))],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['sdk-queue-full'],
} satisfies EvidenceSabotage;
