import { EXAMPLES, one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';
import type { SaturatedUs } from './saturation.ts';

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
  /** Of the late, and of those that gave up, how many would not have been, but for the time that the machine was saturated. */
  readonly excused: { readonly late: number; readonly gaveUp: number };
  /** Those without an excuse first. */
  readonly examples: readonly string[];
}

/** A request that took longer than its deadline. */
interface Overdue {
  readonly traceId: string;
  readonly isAnswered: boolean;
  readonly sentUs: number;
  readonly tookUs: number;
}

/**
 * How the requests of a route kept their deadline in the fault phase. Counted from sending and not from when a
 * request was due: this is a promise of the system for each request, and the generator's lag is not its doing
 * (load-achieved bounds it).
 */
export async function deadlineOf(
  evidence: Evidence,
  route: string,
  limitMs: number,
  saturatedUs: SaturatedUs,
): Promise<Deadline> {
  const limitUs = limitMs * 1000;
  const scope = `FROM ledger WHERE phase = 'fault' AND route = $route AND sent_us IS NOT NULL`;
  const unanswered = 'coalesce(status, 0) = 0';
  const figures = await one<Pick<Deadline, 'requests' | 'longestUs' | 'unanswered'>>(
    evidence,
    `SELECT count(*) AS requests,
            max(latency_us) FILTER (WHERE NOT (${unanswered})) AS "longestUs",
            count(*) FILTER (WHERE ${unanswered}) AS unanswered
     ${scope}`,
    { route },
  );
  const overdue = await evidence.query<Overdue>(
    `SELECT trace_id AS "traceId", NOT (${unanswered}) AS "isAnswered", sent_us AS "sentUs", latency_us AS "tookUs"
     ${scope} AND latency_us > $limit_us ORDER BY seq`,
    { route, limit_us: limitUs },
  );
  const atOnce = await traceIds(
    evidence,
    `SELECT trace_id ${scope} AND ${unanswered} AND NOT coalesce(latency_us > $limit_us, false) ORDER BY seq`,
    { route, limit_us: limitUs },
  );
  const isExcused = ({ sentUs, tookUs }: Overdue): boolean =>
    tookUs - saturatedUs(sentUs, sentUs + tookUs) <= limitUs;
  const excused = overdue.filter(isExcused);
  const idsOf = (requests: readonly Overdue[]): string[] => requests.map(({ traceId }) => traceId);
  return {
    route,
    ...figures,
    late: answered(overdue),
    gaveUp: overdue.length - answered(overdue),
    excused: { late: answered(excused), gaveUp: excused.length - answered(excused) },
    examples: [
      ...idsOf(overdue.filter((request) => !isExcused(request))),
      ...atOnce,
      ...idsOf(excused),
    ].slice(0, EXAMPLES),
  };
}

function answered(requests: readonly Overdue[]): number {
  return requests.filter(({ isAnswered }) => isAnswered).length;
}
