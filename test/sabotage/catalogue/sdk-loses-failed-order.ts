import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'no service exports a span of one failed order',
  victims: `SELECT trace_id FROM fate WHERE route = 'order' AND phase = 'baseline' AND observed = 'absent' ORDER BY seq LIMIT 1`,
  edits: [
    tables(
      ['ledger', 'recording', 'gauges'],
      `UPDATE gauges SET value = value - (SELECT count(*) FROM recording WHERE trace_id IN (FROM victims))
         WHERE metric = 'otelcol_receiver_accepted_spans' AND value > 1000`,
      'UPDATE ledger SET status = 503 WHERE trace_id IN (FROM victims)',
      'DELETE FROM recording WHERE trace_id IN (FROM victims)',
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['not-exported'],
} satisfies EvidenceSabotage;
