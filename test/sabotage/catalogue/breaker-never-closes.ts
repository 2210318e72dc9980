import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

/** Inconclusive, since the recovery of a short run ends before the breaker must be closed. */
export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the breaker stays open when the fault is over',
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET attributes = json_merge_patch(attributes, '{"circuit_breaker.state":"open"}')
        WHERE name = 'payment.charge' AND start_us > (SELECT max(start_us) - 9000000 FROM recording
        WHERE name = 'payment.charge')`,
    ),
  ],
  notPassed: { 'breaker-opened-and-closed': 'inconclusive' },
} satisfies EvidenceSabotage;
