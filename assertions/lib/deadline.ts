import { one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';

export interface Deadline {
  readonly route: string;
  /** Requests of the route that were sent in the fault phase. */
  readonly requests: number;
  /** From sending to the end of the answer; null when there was no answer. */
  readonly longestUs: number | null;
  readonly late: number;
  readonly unanswered: number;
  /** Those of them that had waited longer than the deadline. */
  readonly gaveUp: number;
  readonly examples: readonly string[];
}

/**
 * How the requests of a route kept their deadline in the fault phase. Counted from sending and not from when a
 * request was due: this is a promise of the system for each request, and the generator's lag is not its doing
 * (load-achieved bounds it).
 */
export async function deadlineOf(evidence: Evidence, route: string, limitMs: number): Promise<Deadline> {
  const parameters = { route, limit_us: limitMs * 1000 };
  const scope = `FROM ledger WHERE phase = 'fault' AND route = $route AND sent_us IS NOT NULL`;
  const unanswered = 'coalesce(status, 0) = 0';
  const figures = await one<Omit<Deadline, 'route' | 'examples'>>(
    evidence,
    `SELECT count(*) AS requests,
            max(latency_us) FILTER (WHERE NOT (${unanswered})) AS "longestUs",
            count(*) FILTER (WHERE NOT (${unanswered}) AND latency_us > $limit_us) AS late,
            count(*) FILTER (WHERE ${unanswered}) AS unanswered,
            count(*) FILTER (WHERE ${unanswered} AND latency_us > $limit_us) AS "gaveUp"
     ${scope}`,
    parameters,
  );
  const examples = await traceIds(
    evidence,
    `SELECT trace_id ${scope} AND (${unanswered} OR latency_us > $limit_us) ORDER BY seq`,
    parameters,
  );
  return { route, ...figures, examples };
}
