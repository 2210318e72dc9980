import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'no span of one failed request of 60,000 is ever exported',
  victims: `SELECT trace_id FROM fate WHERE promise = 'error' AND observed = 'whole' ORDER BY seq LIMIT 1 OFFSET 250`,
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      `UPDATE gauges SET value = value - (SELECT count(*) FROM recording WHERE trace_id IN (FROM victims))
         WHERE metric = 'otelcol_receiver_accepted_spans' AND value > 1000`,
      'DELETE FROM archive WHERE trace_id IN (FROM victims)',
      'DELETE FROM recording WHERE trace_id IN (FROM victims)',
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['not-exported'],
} satisfies EvidenceSabotage;
