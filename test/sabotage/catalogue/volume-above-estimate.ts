import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'twice as many requests fail as the estimate of the volume says, and all of them are kept',
  edits: [
    tables(
      ['ledger', 'recording', 'archive'],
      `UPDATE recording SET status = 'error' WHERE trace_id IN (SELECT trace_id FROM ledger
        WHERE route = 'product-read' AND seq % 200 = 11)`,
      `DELETE FROM archive WHERE trace_id IN (SELECT trace_id FROM ledger WHERE route = 'product-read'
        AND seq % 200 = 11)`,
      `INSERT INTO archive BY NAME SELECT COLUMNS(name -> name NOT IN ('trace_state', 'arrival')) FROM recording
        WHERE trace_id IN (SELECT trace_id FROM ledger WHERE route = 'product-read' AND seq % 200 = 11)`,
    ),
  ],
  notPassed: { 'volume-as-estimated': 'fail' },
} satisfies EvidenceSabotage;
