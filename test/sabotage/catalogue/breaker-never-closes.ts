import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

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
  notPassed: { 'breaker-opened-and-closed': 'fail' },
} satisfies EvidenceSabotage;
