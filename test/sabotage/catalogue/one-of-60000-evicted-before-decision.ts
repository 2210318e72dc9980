import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the sampler forgets one trace with an error of 60,000 requests before its decision',
  victims: `SELECT trace_id FROM fate WHERE promise = 'error' AND observed = 'whole' ORDER BY seq LIMIT 1 OFFSET 100`,
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      'DELETE FROM archive WHERE trace_id IN (FROM victims)',
      `INSERT INTO gauges
         SELECT at_us, 'collector', 'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early', '{}', 1 FROM gauges
         WHERE metric = 'otelcol_receiver_accepted_spans'
           AND at_us >= (SELECT min(start_us) + 10000000 FROM recording WHERE trace_id IN (FROM victims))`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['evicted-before-decision'],
} satisfies EvidenceSabotage;
