import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, STRIPE_SLOW } from '../doubtful.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'a service died in the run',
  edits: [
    record((run) => ({
      ...run,
      status: 'broken',
      problem: {
        part: 'order-service',
        partKind: 'service',
        message: 'exit code 1',
        logTail: 'out of memory',
      },
    })),
  ],
  notPassed: { ...inconclusive(STRIPE_SLOW), 'parts-stayed-up': 'fail' },
} satisfies EvidenceSabotage;
