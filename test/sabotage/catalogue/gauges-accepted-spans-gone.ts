import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_RECORDING } from '../doubtful.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the Collector does not say how many spans it accepted',
  edits: [tables(['gauges'], `DELETE FROM gauges WHERE metric LIKE 'otelcol_receiver_accepted_spans%'`)],
  notPassed: inconclusive(NEEDS_RECORDING),
} satisfies EvidenceSabotage;
