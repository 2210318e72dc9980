import type { EvidenceSabotage } from '../contract.ts';
import { lostBeforeRecording } from '../losses.ts';
import { failedRequest, sdkCounterRises } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'an SDK gives up the spans of one failed request of 60,000',
  victims: failedRequest(130),
  edits: [lostBeforeRecording(sdkCounterRises('TimeoutError'))],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['sdk-export-failed'],
} satisfies EvidenceSabotage;
