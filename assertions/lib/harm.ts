import type { Evidence, PhaseName } from '../../harness/contracts.ts';
import { type Answers, answersOf, quantileUs, waitedWhere } from './answers.ts';
import { phasesOf } from './phases.ts';
import type { WasSaturated } from './saturation.ts';

/** A route before and under a failure of its telemetry. */
export interface RouteHarm {
  readonly route: string;
  readonly baseline: Answers;
  readonly under: Answers;
  /** Of the baseline, in microseconds: what nine of ten answers took at most. */
  readonly usualUs: number;
  /** What an answer may take, in microseconds. */
  readonly limitUs: number;
  /** Answers that took longer, without those that waited while the machine was saturated. */
  readonly slow: number;
  readonly slowWhileSaturated: number;
}

/** How much longer than usual an answer may take: factor x usual + marginMs. */
export interface Slack {
  readonly factor: number;
  readonly marginMs: number;
}

/**
 * Not the 95th percentile: where one of 25 calls of a provider is slow by itself, it lies so near to those that a hiccup
 * of a second makes it jump.
 */
const USUAL = 0.9;

/** By how much a service's resident memory grew beyond its most of the baseline. */
export interface Memory {
  readonly service: string;
  readonly mostMiB: number;
  readonly growthMiB: number;
}

export async function routeHarm(
  evidence: Evidence,
  route: string,
  phase: PhaseName,
  { factor, marginMs }: Slack,
  wasSaturated: WasSaturated,
): Promise<RouteHarm> {
  const usualUs = (await quantileUs(evidence, route, 'baseline', USUAL)) ?? 0;
  const limitUs = Math.round(usualUs * factor + marginMs * 1000);
  const late = await waitedWhere(evidence, route, phase, `took_us > ${limitUs}`);
  const excused = late.filter(({ dueUs, endUs }) => wasSaturated(dueUs, endUs)).length;
  return {
    route,
    usualUs,
    limitUs,
    slow: late.length - excused,
    slowWhileSaturated: excused,
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
