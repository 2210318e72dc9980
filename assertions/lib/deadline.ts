import { one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';
import type { WasSaturated } from './saturation.ts';

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
  /** Of the late, and of those that gave up, how many were under way while the machine was saturated. */
  readonly excused: { readonly late: number; readonly gaveUp: number };
  readonly examples: readonly string[];
}

/** A request that took longer than its deadline. */
interface Overdue {
  readonly isAnswered: boolean;
  readonly sentUs: number;
  readonly endUs: number;
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
  wasSaturated: WasSaturated,
): Promise<Deadline> {
  const parameters = { route, limit_us: limitMs * 1000 };
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
    `SELECT NOT (${unanswered}) AS "isAnswered", sent_us AS "sentUs", sent_us + latency_us AS "endUs"
     ${scope} AND latency_us > $limit_us`,
    parameters,
  );
  const late = overdue.filter(({ isAnswered }) => isAnswered);
  const gaveUp = overdue.filter(({ isAnswered }) => !isAnswered);
  const excused = (requests: readonly Overdue[]): number =>
    requests.filter(({ sentUs, endUs }) => wasSaturated(sentUs, endUs)).length;
  const examples = await traceIds(
    evidence,
    `SELECT trace_id ${scope} AND (${unanswered} OR latency_us > $limit_us) ORDER BY seq`,
    parameters,
  );
  return {
    route,
    ...figures,
    late: late.length,
    gaveUp: gaveUp.length,
    excused: { late: excused(late), gaveUp: excused(gaveUp) },
    examples,
  };
}
