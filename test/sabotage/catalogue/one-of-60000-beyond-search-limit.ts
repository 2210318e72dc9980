import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_ARCHIVE } from '../doubtful.ts';
import { record, tables } from '../edits.ts';
import { failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the search of the backend leaves out one trace with an error of 60,000 requests',
  victims: failedRequest(160),
  edits: [
    tables(['archive'], NOT_ARCHIVED),
    record((run) => ({
      ...run,
      doubts: [
        {
          source: 'archive',
          what: 'its search left out 3 of 200 traces that were then asked for by id, and 9 more were not',
          searchLimit: true,
        },
      ],
    })),
  ],
  notPassed: inconclusive(NEEDS_ARCHIVE, ['volume-as-estimated']),
  stages: ['beyond-search-limit'],
} satisfies EvidenceSabotage;
