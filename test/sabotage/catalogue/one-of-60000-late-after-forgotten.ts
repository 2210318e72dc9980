import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { END_LATE, failedRequest } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'one failed request of 60,000 ends when the sampler has forgotten it',
  victims: failedRequest(180),
  edits: [
    tables(
      ['archive', 'recording', 'ledger'],
      ...END_LATE,
      `DELETE FROM archive WHERE trace_id IN (FROM victims) AND service = 'api-gateway' AND kind = 'server'`,
    ),
  ],
  notPassed: { 'every-error-kept': 'fail', 'every-slow-trace-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['late-after-forgotten'],
} satisfies EvidenceSabotage;
