import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_ARCHIVE } from '../doubtful.ts';
import { without } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the archive is gone',
  edits: [without('archive')],
  notPassed: inconclusive(NEEDS_ARCHIVE),
} satisfies EvidenceSabotage;
