import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one charge that timed out is not refunded',
  edits: [
    tables(
      ['books_charges'],
      `UPDATE books_charges SET refunded = 0 WHERE id = (SELECT min(id) FROM books_charges
        WHERE refunded > 0)`,
    ),
  ],
  notPassed: { 'exactly-once-charge': 'fail' },
} satisfies EvidenceSabotage;
