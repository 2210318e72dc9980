import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_RECORDING } from '../doubtful.ts';
import { without } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the recording is gone',
  edits: [without('recording')],
  notPassed: inconclusive(NEEDS_RECORDING),
} satisfies EvidenceSabotage;
