import type { Edit } from './contract.ts';
import { tables } from './edits.ts';

/** The victims' calls of one service by another are made five times; only the first reaches it. */
export function calledFiveTimes(caller: string, callee: string): Edit {
  return tables(
    ['recording'],
    `INSERT INTO recording
       SELECT r.* REPLACE (md5(r.span_id || n)[:16] AS span_id, NULL AS http_status, '${callee}' AS peer_service)
       FROM recording r, range(4) AS t(n)
       WHERE r.trace_id IN (FROM victims) AND r.service = '${caller}' AND r.kind = 'client'
         AND r.span_id IN (SELECT parent_id FROM recording WHERE service = '${callee}' AND kind = 'server')`,
  );
}
