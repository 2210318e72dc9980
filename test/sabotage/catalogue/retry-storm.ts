import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the gateway asks for one product page five times',
  victims: `SELECT trace_id FROM fate WHERE route = 'product-page' AND phase = 'baseline'
        AND observed = 'absent' ORDER BY seq LIMIT 1`,
  edits: [
    tables(
      ['recording'],
      `INSERT INTO recording SELECT r.* REPLACE (md5(r.span_id || n)[:16] AS span_id)
        FROM recording r, range(4) AS t(n) WHERE r.trace_id IN (FROM victims) AND r.service = 'api-gateway'
        AND r.kind = 'client'`,
      `UPDATE recording SET http_status = NULL, peer_service = 'inventory-service'
        WHERE trace_id IN (FROM victims) AND service = 'api-gateway' AND kind = 'client'
        AND span_id NOT IN (SELECT parent_id FROM recording WHERE parent_id IS NOT NULL)`,
    ),
  ],
  notPassed: { 'retries-bounded': 'fail' },
} satisfies EvidenceSabotage;
