import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the second provider fails for one charge in eight',
  edits: [
    tables(
      ['recording'],
      `UPDATE recording SET http_status = 503, attributes = json_merge_patch(attributes, '{"http.response.status_code":503}')
        WHERE kind = 'client' AND http_status IS NOT NULL AND parent_id IN (SELECT span_id FROM recording
        WHERE name = 'backup.api') AND ord(span_id) % 8 = 0`,
    ),
  ],
  notPassed: { 'fallback-used': 'fail' },
} satisfies EvidenceSabotage;
