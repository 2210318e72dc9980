import type { EvidenceSabotage } from '../contract.ts';
import { lostBeforeRecording } from '../losses.ts';
import { failedRequest } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'no span of one failed request of 60,000 is ever exported',
  victims: failedRequest(250),
  edits: [lostBeforeRecording()],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['not-exported'],
} satisfies EvidenceSabotage;
