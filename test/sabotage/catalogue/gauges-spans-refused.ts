import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_RECORDING } from '../doubtful.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the Collector refuses spans',
  edits: [
    tables(
      ['gauges'],
      `UPDATE gauges SET value = value + 12 WHERE metric LIKE 'otelcol_receiver_refused_spans%'`,
    ),
  ],
  notPassed: inconclusive(NEEDS_RECORDING),
} satisfies EvidenceSabotage;
