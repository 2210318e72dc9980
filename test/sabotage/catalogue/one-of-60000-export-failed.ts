import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the export of one trace with an error of 60,000 requests fails',
  victims: `SELECT trace_id FROM fate WHERE promise = 'error' AND observed = 'whole' ORDER BY seq LIMIT 1 OFFSET 200`,
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      'DELETE FROM archive WHERE trace_id IN (FROM victims)',
      `INSERT INTO gauges
         SELECT at_us, 'collector', 'otelcol_exporter_send_failed_spans', '{}', 1 FROM gauges
         WHERE metric = 'otelcol_receiver_accepted_spans'
           AND at_us >= (SELECT min(start_us) + 10000000 FROM recording WHERE trace_id IN (FROM victims))`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['export-failed'],
} satisfies EvidenceSabotage;
