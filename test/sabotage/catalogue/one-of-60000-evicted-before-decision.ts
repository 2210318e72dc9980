import type { EvidenceSabotage } from '../contract.ts';
import { lostAfterRecording } from '../losses.ts';
import { counterRises, failedRequest } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the sampler forgets one trace with an error of 60,000 requests before its decision',
  victims: failedRequest(100),
  edits: [
    lostAfterRecording(counterRises('otelcol_processor_tail_sampling_sampling_trace_dropped_too_early')),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['evicted-before-decision'],
} satisfies EvidenceSabotage;
