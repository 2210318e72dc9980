import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { keptErrors, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the backend loses one trace with an error, and nothing says why',
  victims: keptErrors(1),
  edits: [tables(['archive'], NOT_ARCHIVED)],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
