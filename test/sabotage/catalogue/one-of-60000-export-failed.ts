import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { counterRises, failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the export of one trace with an error of 60,000 requests fails',
  victims: failedRequest(200),
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      NOT_ARCHIVED,
      counterRises('otelcol_exporter_send_failed_spans'),
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['export-failed'],
} satisfies EvidenceSabotage;
