import type { EvidenceSabotage } from '../contract.ts';
import { policy } from '../edit-configuration.ts';
import { configuration, tables } from '../edits.ts';
import { failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the rule for errors asks for another status, and one failed request of 60,000 is lost by it',
  victims: failedRequest(50),
  edits: [
    tables(['archive'], NOT_ARCHIVED),
    configuration('collector.yaml', (document) =>
      document.setIn([...policy(document, 'errors'), 'status_code', 'status_codes'], ['OK']),
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['no-policy-keeps-it'],
} satisfies EvidenceSabotage;
