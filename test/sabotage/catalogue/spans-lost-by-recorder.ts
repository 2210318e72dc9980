import type { EvidenceSabotage } from '../contract.ts';
import { inconclusive, NEEDS_RECORDING } from '../doubtful.ts';
import { tables } from '../edits.ts';

/** Whatever needs the recording can be neither proved nor refuted: what is missing may be the reason. */
export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the flight recorder loses one span in a hundred',
  edits: [tables(['recording'], `DELETE FROM recording WHERE span_id < '03'`)],
  notPassed: inconclusive(NEEDS_RECORDING),
} satisfies EvidenceSabotage;
