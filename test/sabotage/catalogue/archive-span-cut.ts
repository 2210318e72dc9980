import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { keptErrors } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the backend loses one span of a trace with an error',
  victims: keptErrors(1),
  edits: [
    tables(
      ['archive'],
      `DELETE FROM archive WHERE span_id = (SELECT min(span_id) FROM archive
        WHERE trace_id IN (FROM victims) AND name = 'order.validate')`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
