import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { counterRises, END_LATE, failedRequest, NOT_ARCHIVED } from '../statements.ts';

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
      ...END_LATE,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'every-slow-trace-kept': 'fail' },
  stages: ['decided-on-part'],
} satisfies EvidenceSabotage;
