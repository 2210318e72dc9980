import { one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence, PhaseName } from '../../harness/contracts.ts';

/** How a route answered in a phase. */
export interface Answers {
  readonly requests: number;
  /** 200 to 399, the degraded ones included. */
  readonly good: number;
  readonly degraded: number;
  /** Of the time from when a request was due to the end of its answer, or to when it was given up; null without any. */
  readonly p95Us: number | null;
  readonly p99Us: number | null;
  /** The other answers by status, the most frequent first; 0 = no answer, null = no record of the request. */
  readonly failures: readonly { readonly status: number | null; readonly count: number }[];
}

/** SQL conditions on a request. */
export const GOOD = 'coalesce(outcome BETWEEN 200 AND 399, false)';

/** An SQL condition: the outcome is one of the statuses. */
export function isOneOf(statuses: readonly number[]): string {
  return `coalesce(list_contains([${statuses.join(', ')}]::INTEGER[], outcome), false)`;
}

/** A request counts once, however often it is recorded; one whose record is not complete has no outcome. */
const REQUESTS = `WITH
  recorded AS (
    SELECT DISTINCT seq, trace_id, status, due_us, sent_us, latency_us
    FROM ledger WHERE route = $route AND phase = $phase
      -- With several blocks a later baseline begins in the aftermath of a fault.
      AND (phase <> 'baseline' OR seq <= coalesce((SELECT min(seq) FROM ledger WHERE phase = 'fault'), seq))),
  requests AS (
    SELECT seq, trace_id, due_us, sent_us + latency_us - due_us AS took_us,
           CASE WHEN sent_us + latency_us - due_us IS NOT NULL THEN status END AS outcome
    FROM recorded)`;

export async function answersOf(
  evidence: Evidence,
  route: string,
  phase: PhaseName,
  degraded: readonly number[],
): Promise<Answers> {
  const parameters = { route, phase };
  const counts = await one<Omit<Answers, 'failures'>>(
    evidence,
    `${REQUESTS}
     SELECT count(*) AS requests, count(*) FILTER (WHERE ${GOOD}) AS good,
            count(*) FILTER (WHERE ${isOneOf(degraded)}) AS degraded,
            quantile_cont(CAST(took_us AS DOUBLE), 0.95) AS "p95Us",
            quantile_cont(CAST(took_us AS DOUBLE), 0.99) AS "p99Us"
     FROM requests`,
    parameters,
  );
  const failures = await evidence.query<Answers['failures'][number]>(
    `${REQUESTS} SELECT outcome AS status, count(*) AS count FROM requests WHERE NOT ${GOOD}
     GROUP BY outcome ORDER BY count DESC, outcome NULLS FIRST`,
    parameters,
  );
  return { ...counts, failures };
}

/** So much of the route's answers took no longer, in microseconds; null without any. @param share 0 to 1 */
export async function quantileUs(
  evidence: Evidence,
  route: string,
  phase: PhaseName,
  share: number,
): Promise<number | null> {
  const { us } = await one<{ us: number | null }>(
    evidence,
    `${REQUESTS} SELECT quantile_cont(CAST(took_us AS DOUBLE), $share) AS us FROM requests`,
    { route, phase, share },
  );
  return us;
}

/** Traces of the route's requests that meet a condition on outcome and took_us, by the order of the requests. */
export function tracesWhere(
  evidence: Evidence,
  route: string,
  phase: PhaseName,
  condition: string,
): Promise<string[]> {
  return traceIds(
    evidence,
    `${REQUESTS} SELECT trace_id FROM requests WHERE ${condition} GROUP BY trace_id ORDER BY min(seq)`,
    { route, phase },
  );
}

/** A request from when it was due to its end. */
export interface Waited {
  /** Its status; 0 = no answer, null = no record. */
  readonly outcome: number | null;
  readonly dueUs: number;
  readonly endUs: number;
}

/** When those of the route's requests waited that meet a condition on outcome and took_us. */
export function waitedWhere(
  evidence: Evidence,
  route: string,
  phase: PhaseName,
  condition: string,
): Promise<Waited[]> {
  return evidence.query<Waited>(
    `${REQUESTS} SELECT outcome, due_us AS "dueUs", due_us + took_us AS "endUs" FROM requests WHERE ${condition}`,
    { route, phase },
  );
}

/** How many requests have no record of their answer. */
export function withoutRecord({ failures }: Answers): number {
  return failures.reduce((sum, { status, count }) => sum + (status === null ? count : 0), 0);
}
