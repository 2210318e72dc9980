import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { counterRises, failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the sampler forgets one trace with an error of 60,000 requests before its decision',
  victims: failedRequest(100),
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      NOT_ARCHIVED,
      counterRises('otelcol_processor_tail_sampling_sampling_trace_dropped_too_early'),
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['evicted-before-decision'],
} satisfies EvidenceSabotage;
