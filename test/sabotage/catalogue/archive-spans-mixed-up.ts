import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the backend files a span of one trace under the id of another, which lacks one of its own',
  victims: `SELECT f.trace_id FROM fate f JOIN traces t ON t.trace_id = f.trace_id
         WHERE f.promise = 'errors' AND f.observed = 'whole' AND t.entry_us < 1500000 ORDER BY f.seq LIMIT 2 OFFSET 3`,
  edits: [
    tables(
      ['archive'],
      `DELETE FROM archive WHERE trace_id = (SELECT max(trace_id) FROM victims) AND name = 'order.save'`,
      `UPDATE archive SET trace_id = (SELECT max(trace_id) FROM victims)
         WHERE trace_id = (SELECT min(trace_id) FROM victims) AND name = 'order.validate'`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
