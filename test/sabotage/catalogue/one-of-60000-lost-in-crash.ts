import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the Collector ends while it holds one trace with an error of 60,000 requests',
  victims: failedRequest(120),
  edits: [
    tables(
      ['archive', 'recording', 'timeline'],
      NOT_ARCHIVED,
      `INSERT INTO timeline SELECT min(start_us) + 5000000, 'part', 'collector', 'died', '{}' FROM recording WHERE trace_id IN (FROM victims)`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['lost-in-crash'],
} satisfies EvidenceSabotage;
