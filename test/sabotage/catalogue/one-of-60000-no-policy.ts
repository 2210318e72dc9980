import type { EvidenceSabotage } from '../contract.ts';
import { policy } from '../edit-configuration.ts';
import { configuration, tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'the rule for errors asks for another status, and one failed request of 60,000 is lost by it',
  victims: `SELECT trace_id FROM fate WHERE promise = 'error' AND observed = 'whole' ORDER BY seq LIMIT 1 OFFSET 50`,
  edits: [
    tables(['archive'], 'DELETE FROM archive WHERE trace_id IN (FROM victims)'),
    configuration('collector.yaml', (document) =>
      document.setIn([...policy(document, 'errors'), 'status_code', 'status_codes'], ['OK']),
    ),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['no-policy-keeps-it'],
} satisfies EvidenceSabotage;
