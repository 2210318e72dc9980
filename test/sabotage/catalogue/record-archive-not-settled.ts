import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_ARCHIVE } from '../doubtful.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the archive was read before it was stable',
  edits: [record((run) => ({ ...run, settled: { ok: false, waitedS: 1, detail: '12 traces undecided' } }))],
  notPassed: inconclusive(NEEDS_ARCHIVE),
} satisfies EvidenceSabotage;
