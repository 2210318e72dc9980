import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'one trace with an error of 60,000 requests is gone from the backend, and nothing says why',
  victims: failedRequest(150),
  edits: [tables(['archive'], NOT_ARCHIVED)],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
