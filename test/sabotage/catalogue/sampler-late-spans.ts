import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { counterRises, keptErrors } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one span of a trace with an error comes after the decision',
  victims: keptErrors(1),
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      `DELETE FROM archive WHERE span_id = (SELECT min(span_id) FROM archive
        WHERE trace_id IN (FROM victims) AND name = 'order.validate')`,
      counterRises('otelcol_processor_tail_sampling_sampling_late_span_age_count'),
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['late-spans'],
} satisfies EvidenceSabotage;
