import type { EvidenceSabotage } from '../contract.ts';
import { halved } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'half of the ledger is missing: the disk was full',
  edits: [halved('ledger')],
  notPassed: {},
  refused: /ledger\.parquet cannot be read as the table ledger/,
} satisfies EvidenceSabotage;
