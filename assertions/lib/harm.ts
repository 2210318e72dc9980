import { one } from '../../analysis/lib/query.ts';
import type { Evidence, PhaseName } from '../../harness/contracts.ts';
import { GOOD } from './answers.ts';
import { phasesOf } from './phases.ts';

/** How a route did in a phase. */
export interface Course {
  readonly requests: number;
  readonly good: number;
  /** Of the time from when a request was due to the end of its answer; null without any. */
  readonly p95Us: number | null;
}

/** A route before and under a failure of its telemetry. */
export interface RouteHarm {
  readonly route: string;
  readonly baseline: Course;
  readonly under: Course;
}

/** By how much a service's resident memory grew beyond its most of the baseline. */
export interface Memory {
  readonly service: string;
  readonly mostMiB: number;
  readonly growthMiB: number;
}

export async function routeHarm(evidence: Evidence, route: string, phase: PhaseName): Promise<RouteHarm> {
  return {
    route,
    baseline: await courseOf(evidence, route, 'baseline'),
    under: await courseOf(evidence, route, phase),
  };
}

function courseOf(evidence: Evidence, route: string, phase: PhaseName): Promise<Course> {
  return one<Course>(
    evidence,
    `WITH requests AS (
       -- A request counts once, however often it is recorded; one whose record is not complete has no outcome.
       SELECT DISTINCT seq, sent_us + latency_us - due_us AS took_us,
              CASE WHEN sent_us + latency_us - due_us IS NOT NULL THEN status END AS outcome
       FROM ledger WHERE route = $route AND phase = $phase)
     SELECT count(*) AS requests, count(*) FILTER (WHERE ${GOOD}) AS good,
            quantile_cont(CAST(took_us AS DOUBLE), 0.95) AS "p95Us"
     FROM requests`,
    { route, phase },
  );
}

/** The services that have samples both in the baseline and from the phase on; the one that grew most first. */
export async function memoryOf(evidence: Evidence, phase: PhaseName): Promise<readonly Memory[]> {
  // Of several blocks the first baseline, before anything failed, and all from the first failure on.
  const [baseline] = phasesOf(evidence, 'baseline');
  const [under] = phasesOf(evidence, phase);
  if (!baseline || !under) return [];
  return evidence.query<Memory>(
    `SELECT part AS service, max(value) FILTER (WHERE at_us >= $under::BIGINT) / 1048576 AS "mostMiB",
            (max(value) FILTER (WHERE at_us >= $under::BIGINT) - max(value) FILTER (WHERE at_us < $until::BIGINT)) / 1048576
              AS "growthMiB"
     FROM gauges
     WHERE metric = 'process_resident_bytes' AND at_us >= $from::BIGINT
       AND list_contains(from_json($services, '["VARCHAR"]'), part)
     GROUP BY part HAVING "growthMiB" IS NOT NULL ORDER BY "growthMiB" DESC, part`,
    {
      from: baseline.startUs,
      until: baseline.endUs,
      under: under.startUs,
      services: JSON.stringify(Object.keys(evidence.run.system.services)),
    },
  );
}
