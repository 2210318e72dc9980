import type { EvidenceSabotage } from '../contract.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the fault was in force eight seconds later than run.json says',
  edits: [
    record((run) => ({
      ...run,
      faults: run.faults.map((fault) => ({
        ...fault,
        fromUs: (fault.fromUs ?? 0) - 8_000_000,
        untilUs: (fault.untilUs ?? 0) - 8_000_000,
      })),
    })),
  ],
  notPassed: { 'fault-took-hold': 'inconclusive' },
} satisfies EvidenceSabotage;
