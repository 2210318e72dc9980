import type { Evidence, PhaseName } from '../../harness/contracts.ts';
import { type Answers, answersOf } from './answers.ts';
import { phasesOf } from './phases.ts';

/** A route before and under a failure of its telemetry. */
export interface RouteHarm {
  readonly route: string;
  readonly baseline: Answers;
  readonly under: Answers;
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
    baseline: await answersOf(evidence, route, 'baseline', []),
    under: await answersOf(evidence, route, phase, []),
  };
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
