import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the entry span of a trace with an error is never exported',
  victims: `SELECT f.trace_id FROM fate f JOIN traces t ON t.trace_id = f.trace_id
         WHERE f.promise = 'errors' AND f.observed = 'whole' AND t.entry_us < 1500000 ORDER BY f.seq LIMIT 1 OFFSET 3`,
  edits: [
    tables(
      ['recording', 'archive', 'gauges'],
      `DELETE FROM recording WHERE trace_id IN (FROM victims) AND service = 'api-gateway' AND kind = 'server'`,
      `DELETE FROM archive WHERE trace_id IN (FROM victims) AND service = 'api-gateway' AND kind = 'server'`,
      'DELETE FROM archive WHERE trace_id IN (FROM victims)',
      `UPDATE gauges SET value = value - 1 WHERE metric = 'otelcol_receiver_accepted_spans' AND value > 1000`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['not-exported'],
} satisfies EvidenceSabotage;
