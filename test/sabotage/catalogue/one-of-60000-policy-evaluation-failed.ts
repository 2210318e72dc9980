import type { EvidenceSabotage } from '../contract.ts';
import { lostAfterRecording } from '../losses.ts';
import { counterRises, failedRequest } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'a policy cannot be evaluated for one trace with an error of 60,000 requests',
  victims: failedRequest(90),
  edits: [
    lostAfterRecording(counterRises('otelcol_processor_tail_sampling_sampling_policy_evaluation_error')),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['policy-evaluation-failed'],
} satisfies EvidenceSabotage;
