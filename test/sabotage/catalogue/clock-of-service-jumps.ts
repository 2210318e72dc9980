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
  notPassed: { 'baseline-sampled-exactly': 'fail' },
} satisfies EvidenceSabotage;
