import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the span of one hop is never exported',
  victims: `SELECT trace_id FROM fate WHERE route = 'order' AND phase = 'baseline' AND observed = 'absent' ORDER BY seq LIMIT 1`,
  edits: [
    tables(
      ['recording', 'gauges'],
      `DELETE FROM recording WHERE trace_id IN (FROM victims) AND service = 'inventory-service' AND kind = 'server'`,
      `UPDATE gauges SET value = value - 1 WHERE metric = 'otelcol_receiver_accepted_spans' AND value > 1000`,
    ),
  ],
  notPassed: { 'traces-unbroken': 'fail' },
} satisfies EvidenceSabotage;
