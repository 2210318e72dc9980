import type { EvidenceSabotage } from '../contract.ts';
import { record } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'twice the share was promised that the sampler keeps',
  edits: [
    record((run) => ({
      ...run,
      system: {
        ...run.system,
        promises: run.system.promises.map((promise) =>
          promise.id === 'normal' ? { ...promise, keepPercent: 10 } : promise,
        ),
      },
    })),
  ],
  notPassed: { 'baseline-sampled-exactly': 'fail' },
  stages: ['no-policy-keeps-it'],
} satisfies EvidenceSabotage;
