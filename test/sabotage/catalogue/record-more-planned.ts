import type { EvidenceSabotage } from '../contract.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one request more was planned than was sent',
  edits: [record((run) => ({ ...run, load: { ...run.load, planned: run.load.planned + 1 } }))],
  notPassed: { 'load-achieved': 'inconclusive' },
} satisfies EvidenceSabotage;
