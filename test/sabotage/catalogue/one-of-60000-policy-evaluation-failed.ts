import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';
import { counterRises, failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'a policy cannot be evaluated for one trace with an error of 60,000 requests',
  victims: failedRequest(90),
  edits: [
    tables(
      ['archive', 'recording', 'gauges'],
      NOT_ARCHIVED,
      counterRises('otelcol_processor_tail_sampling_sampling_policy_evaluation_error'),
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['policy-evaluation-failed'],
} satisfies EvidenceSabotage;
