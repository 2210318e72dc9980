import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { keptErrors } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the backend files a span of one trace under the id of another, which lacks one of its own',
  victims: keptErrors(2),
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
