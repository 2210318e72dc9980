import { one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';

/** A call that lasted this share of the time-out, and got no answer, counts as one that the time-out ended. */
const REACHED = 0.9;

export interface TimedCalls {
  readonly calls: number;
  /** In the fault phase, without an answer. */
  readonly reached: number;
  readonly over: number;
  readonly longestUs: number | null;
  /** Traces of those that are over, the longest first. */
  readonly examples: readonly string[];
}

/** The calls of an edge by how long they lasted; a call counts once, however often it was delivered. */
export async function timedCalls(
  evidence: Evidence,
  edge: string,
  timeoutMs: number,
  graceMs: number,
): Promise<TimedCalls> {
  const made = `SELECT DISTINCT c.trace_id, c.span_id, c.end_us - c.start_us AS took_us, c.http_status, EXISTS (
      SELECT 1 FROM phases p
      WHERE p.name = 'fault' AND c.start_us >= p.start_us AND c.start_us < p.end_us) AS in_fault
    FROM calls c WHERE c.edge = $edge`;
  const over = 'took_us > $limit_us';
  const parameters = { edge, limit_us: (timeoutMs + graceMs) * 1000 };
  const found = await one<Omit<TimedCalls, 'examples'>>(
    evidence,
    `SELECT count(*) AS calls,
            count(*) FILTER (WHERE took_us >= $reached_us AND http_status IS NULL AND in_fault) AS reached,
            count(*) FILTER (WHERE ${over}) AS over,
            max(took_us) AS "longestUs"
     FROM (${made})`,
    { ...parameters, reached_us: timeoutMs * REACHED * 1000 },
  );
  const examples = await traceIds(
    evidence,
    `SELECT trace_id FROM (${made}) WHERE ${over} GROUP BY trace_id ORDER BY max(took_us) DESC, trace_id`,
    parameters,
  );
  return { ...found, examples };
}

export interface Unaccounted {
  readonly count: number;
  readonly examples: readonly string[];
}

/**
 * Calls into a service, or requests of the client when it is the entry, that got no answer and of which the service
 * recorded nothing: it may be waiting still, and a call that never ends leaves no span.
 */
export async function unaccountedFor(evidence: Evidence, service: string): Promise<Unaccounted> {
  const { edges, entry } = evidence.run.system;
  const asks = service === entry && evidence.sources.has('ledger');
  const requests = `
    UNION ALL SELECT l.trace_id, l.span_id FROM ledger l
    WHERE coalesce(l.status, 0) = 0 AND NOT EXISTS (
      SELECT 1 FROM recording r WHERE r.trace_id = l.trace_id AND r.service = $service AND r.kind = 'server')`;
  const open = `SELECT trace_id, span_id FROM calls
    WHERE edge IN (SELECT unnest(from_json($into, '["VARCHAR"]'))) AND http_status IS NULL AND server_span_id IS NULL
    ${asks ? requests : ''}`;
  const into = edges.filter(({ to }) => to === service).map(({ id }) => id);
  const parameters = { into: JSON.stringify(into), ...(asks ? { service } : {}) };
  const { count } = await one<{ count: number }>(
    evidence,
    `SELECT count(DISTINCT (trace_id, span_id)) AS count FROM (${open})`,
    parameters,
  );
  const examples = await traceIds(
    evidence,
    `SELECT DISTINCT trace_id FROM (${open}) ORDER BY trace_id`,
    parameters,
  );
  return { count, examples };
}
