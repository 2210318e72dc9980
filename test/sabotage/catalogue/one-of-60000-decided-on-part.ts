import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { counterRises, failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'one failed request of 60,000 goes on after the sampler has decided',
  victims: failedRequest(170),
  edits: [
    tables(
      ['archive', 'recording', 'gauges', 'ledger'],
      NOT_ARCHIVED,
      counterRises('otelcol_processor_tail_sampling_sampling_late_span_age_count'),
      `UPDATE recording SET end_us = end_us + 12500000 WHERE trace_id IN (FROM victims) AND service = 'api-gateway' AND kind = 'server'`,
      `UPDATE ledger SET latency_us = latency_us + 12500000 WHERE trace_id IN (FROM victims)`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'every-slow-trace-kept': 'fail' },
  stages: ['decided-on-part'],
} satisfies EvidenceSabotage;
