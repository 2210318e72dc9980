import type { EvidenceSabotage } from '../contract.ts';
import { lostAfterRecording } from '../losses.ts';
import { counterRises, failedRequest } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the export of one trace with an error of 60,000 requests fails',
  victims: failedRequest(200),
  edits: [lostAfterRecording(counterRises('otelcol_exporter_send_failed_spans'))],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['export-failed'],
} satisfies EvidenceSabotage;
