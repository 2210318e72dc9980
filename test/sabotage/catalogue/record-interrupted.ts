import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, STRIPE_SLOW } from '../doubtful.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the run was stopped before its end',
  edits: [record((run) => ({ ...run, status: 'interrupted' }))],
  notPassed: inconclusive(STRIPE_SLOW),
} satisfies EvidenceSabotage;
