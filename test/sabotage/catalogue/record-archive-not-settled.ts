import type { EvidenceSabotage } from '../contract.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the archive was read before it was stable',
  edits: [record((run) => ({ ...run, settled: { ok: false, waitedS: 1, detail: '12 traces undecided' } }))],
  notPassed: {
    'every-error-kept': 'inconclusive',
    'every-slow-trace-kept': 'inconclusive',
    'health-checks-dropped': 'inconclusive',
    'baseline-sampled-exactly': 'inconclusive',
    'traces-unbroken': 'inconclusive',
  },
} satisfies EvidenceSabotage;
