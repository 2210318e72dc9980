import type { EvidenceSabotage } from '../contract.ts';
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
  notPassed: {
    'baseline-sampled-exactly': 'fail',
    'fault-took-hold': 'inconclusive',
    'every-error-kept': 'inconclusive',
    'every-slow-trace-kept': 'inconclusive',
    'health-checks-dropped': 'inconclusive',
    'traces-unbroken': 'inconclusive',
    'order-span-contract': 'inconclusive',
    'retries-bounded': 'inconclusive',
    'timeout-enforced': 'inconclusive',
    'breaker-opened-and-closed': 'inconclusive',
    'fallback-used': 'inconclusive',
  },
} satisfies EvidenceSabotage;
