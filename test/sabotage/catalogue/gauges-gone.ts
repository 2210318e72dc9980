import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_RECORDING } from '../doubtful.ts';
import { without } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'nothing was measured of the machine and the Collector',
  edits: [without('gauges')],
  notPassed: inconclusive(NEEDS_RECORDING, ['load-achieved']),
} satisfies EvidenceSabotage;
