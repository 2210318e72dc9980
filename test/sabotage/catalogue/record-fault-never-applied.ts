import type { EvidenceSabotage } from '../contract.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the fault was never in force, and everything else is as if it had been',
  edits: [
    record((run) => ({
      ...run,
      faults: run.faults.map(({ on, id, parameters }) => ({ on, id, parameters })),
    })),
  ],
  notPassed: {
    'fault-took-hold': 'inconclusive',
    'breaker-opened-and-closed': 'inconclusive',
    'cascade-contained': 'inconclusive',
    'degraded-as-declared': 'inconclusive',
    recovered: 'inconclusive',
  },
} satisfies EvidenceSabotage;
