import type { EvidenceSabotage } from '../contract.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'run.json is of another version',
  edits: [record((run) => ({ ...run, schema: 2 as never }))],
  notPassed: {},
  refused: /no record of a run that this version can read/,
} satisfies EvidenceSabotage;
