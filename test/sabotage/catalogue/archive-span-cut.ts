import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the backend loses one span of a trace with an error',
  victims: `SELECT f.trace_id FROM fate f JOIN traces t ON t.trace_id = f.trace_id
         WHERE f.promise = 'errors' AND f.observed = 'whole' AND t.entry_us < 1500000 ORDER BY f.seq LIMIT 1 OFFSET 3`,
  edits: [
    tables(
      ['archive'],
      `DELETE FROM archive WHERE span_id = (SELECT min(span_id) FROM archive WHERE trace_id IN (FROM victims) AND name = 'order.validate')`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
