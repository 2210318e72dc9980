import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_RECORDING } from '../doubtful.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the clock of inventory-service is an hour ahead',
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET start_us = start_us + 3600000000, end_us = end_us + 3600000000
        WHERE service = 'inventory-service'`,
    ),
  ],
  // Spans so far from the run are impossible, and nothing that needs the recording is believed.
  notPassed: { ...inconclusive(NEEDS_RECORDING), 'baseline-sampled-exactly': 'fail' },
} satisfies EvidenceSabotage;
