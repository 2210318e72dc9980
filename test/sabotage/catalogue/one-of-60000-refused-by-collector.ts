import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { counterRises, failedRequest, fewerAccepted, NOT_ARCHIVED, THEIR_SPANS } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the Collector refuses the spans of one failed request of 60,000',
  victims: failedRequest(140),
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      fewerAccepted(THEIR_SPANS),
      NOT_ARCHIVED,
      counterRises('otelcol_processor_memory_limiter_refused_spans', 0),
      'DELETE FROM recording WHERE trace_id IN (FROM victims)',
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['refused-by-collector'],
} satisfies EvidenceSabotage;
