import type { Evidence } from '../../harness/contracts.ts';

/** How the requests of a route went in one phase. */
export interface PhaseFacts {
  readonly requests: number;
  /** With a complete record; the others say nothing. */
  readonly recorded: number;
  /** Answered with 200 to 399, the degraded answers included. */
  readonly good: number;
  /** Answered with a status by which the system itself says that it gives less than usual. */
  readonly degraded: number;
  /** Good answers that took clearly longer than is usual in the baseline, see `slowUs`. */
  readonly slow: number;
  readonly p50Us: number | null;
}

/** How a route went before and under the fault. */
export interface RouteFacts {
  readonly route: string;
  readonly baseline: PhaseFacts;
  readonly fault: PhaseFacts;
  /** From when a request was due; longer counts as slow. Null without good answers in the baseline. */
  readonly slowUs: number | null;
}

/** Statuses of good answers that give less than usual, as in the assertion degraded-as-declared. */
const DEGRADED = [202];
/**
 * A good answer is slow when it takes twice as long as the median of the baseline, and so much longer at least. Not a higher
 * quantile: one tail, of a busy machine or of the system's own, would hide that all answers got slower.
 */
const SLOW_TIMES = 2;
const SLOW_MORE_US = 100_000;

type Counts = PhaseFacts & {
  readonly route: string;
  readonly phase: string;
  readonly slowUs: number | null;
};

/** The facts of each route of the system, those without a request included. A request counts once, however often recorded. */
export async function routeFacts(evidence: Evidence): Promise<readonly RouteFacts[]> {
  const rows = await evidence.query<Counts>(
    `WITH requests AS (
       SELECT DISTINCT seq, route, phase, sent_us + latency_us - due_us AS took_us,
              CASE WHEN sent_us + latency_us - due_us IS NOT NULL THEN status END AS outcome
       FROM ledger WHERE phase IN ('baseline', 'fault')),
     judged AS (SELECT *, coalesce(outcome BETWEEN 200 AND 399, false) AS good FROM requests),
     usual AS (
       SELECT route, greatest($times * quantile_cont(CAST(took_us AS DOUBLE), 0.5),
                              quantile_cont(CAST(took_us AS DOUBLE), 0.5) + $more) AS slow_us
       FROM judged WHERE phase = 'baseline' AND good GROUP BY route)
     SELECT j.route, j.phase, count(*) AS requests, count(outcome) AS recorded,
            count(*) FILTER (WHERE good) AS good,
            count(*) FILTER (WHERE list_contains([${DEGRADED.join(', ')}], outcome)) AS degraded,
            count(*) FILTER (WHERE good AND took_us > slow_us) AS slow,
            quantile_cont(CAST(took_us AS DOUBLE), 0.5) AS "p50Us", any_value(slow_us) AS "slowUs"
     FROM judged j LEFT JOIN usual u ON u.route = j.route GROUP BY j.route, j.phase`,
    { times: SLOW_TIMES, more: SLOW_MORE_US },
  );
  return evidence.run.system.routes.map((route) => ({
    route,
    baseline: phaseFacts(rows, route, 'baseline'),
    fault: phaseFacts(rows, route, 'fault'),
    slowUs: rows.find((row) => row.route === route)?.slowUs ?? null,
  }));
}

function phaseFacts(rows: readonly Counts[], route: string, phase: 'baseline' | 'fault'): PhaseFacts {
  const row = rows.find((each) => each.route === route && each.phase === phase);
  return {
    requests: row?.requests ?? 0,
    recorded: row?.recorded ?? 0,
    good: row?.good ?? 0,
    degraded: row?.degraded ?? 0,
    slow: row?.slow ?? 0,
    p50Us: row?.p50Us ?? null,
  };
}
