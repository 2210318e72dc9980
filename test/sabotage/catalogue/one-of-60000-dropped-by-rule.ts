import type { EvidenceSabotage } from '../contract.ts';
import { dropsAlso } from '../edit-configuration.ts';
import { configuration, tables } from '../edits.ts';
import { failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'a drop rule swallows one path, and with it one failed request of 60,000',
  victims: failedRequest(50),
  edits: [
    tables(
      ['archive', 'recording'],
      NOT_ARCHIVED,
      `UPDATE recording SET url_path = '/api/cards',
          attributes = json_merge_patch(attributes, '{"url.path":"/api/cards"}')
        WHERE trace_id IN (FROM victims) AND url_path IS NOT NULL AND service = 'api-gateway'`,
    ),
    configuration('collector.yaml', dropsAlso('/api/cards')),
  ],
  notPassed: { 'every-error-kept': 'fail' },
  stages: ['drop-policy-won'],
} satisfies EvidenceSabotage;
