import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_ARCHIVE } from '../doubtful.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'two different spans of the recording have the same id',
  edits: [
    tables(
      ['recording'],
      `INSERT INTO recording SELECT * REPLACE ('another' AS name) FROM recording
        WHERE span_id = (SELECT min(span_id) FROM recording)`,
    ),
  ],
  notPassed: inconclusive(NEEDS_ARCHIVE, ['volume-as-estimated']),
} satisfies EvidenceSabotage;
