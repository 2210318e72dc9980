import type { EvidenceSabotage } from '../contract.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'run.json has another seed than the run',
  edits: [record((run) => ({ ...run, seed: run.seed + 1 }))],
  notPassed: { 'no-order-lost': 'fail' },
} satisfies EvidenceSabotage;
