import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one span of a trace with an error comes after the decision',
  victims: `SELECT f.trace_id FROM fate f JOIN traces t ON t.trace_id = f.trace_id
         WHERE f.promise = 'errors' AND f.observed = 'whole' AND t.entry_us < 1500000 ORDER BY f.seq LIMIT 1 OFFSET 3`,
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      `DELETE FROM archive WHERE span_id = (SELECT min(span_id) FROM archive WHERE trace_id IN (FROM victims) AND name = 'order.validate')`,
      `INSERT INTO gauges
         SELECT at_us, 'collector', 'otelcol_processor_tail_sampling_sampling_late_span_age_count', '{}', 1 FROM gauges
         WHERE part = 'collector' AND metric = 'otelcol_process_uptime'
           AND at_us >= (SELECT min(start_us) + 10000000 FROM recording WHERE trace_id IN (FROM victims))`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['late-spans'],
} satisfies EvidenceSabotage;
