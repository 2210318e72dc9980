import type { EvidenceSabotage } from '../contract.ts';
import { lostBeforeRecording } from '../losses.ts';
import { counterRises, failedRequest } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the Collector refuses the spans of one failed request of 60,000',
  victims: failedRequest(140),
  edits: [lostBeforeRecording(counterRises('otelcol_processor_memory_limiter_refused_spans', 0))],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['refused-by-collector'],
} satisfies EvidenceSabotage;
