import type { EvidenceSabotage } from '../contract.ts';
import { lostAfterRecording } from '../losses.ts';
import { counterRises, failedRequest } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the queue of the exporter has no room for one trace with an error of 60,000 requests',
  victims: failedRequest(110),
  edits: [lostAfterRecording(counterRises('otelcol_exporter_enqueue_failed_spans'))],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['exporter-queue-full'],
} satisfies EvidenceSabotage;
