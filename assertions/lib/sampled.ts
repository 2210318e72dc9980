import { one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';
import type { StageCount } from './loss.ts';

/** Traces of a hash-sampled promise: what was promised, what the configuration picks, what the archive has. */
export interface SampleCounts {
  readonly total: number;
  readonly promised: number;
  readonly configured: number;
  readonly kept: number;
  readonly keptInPart: number;
  /** Promised and not in the archive. */
  readonly missing: number;
  /** In the archive and not promised. */
  readonly surplus: number;
  /** Promised, and the configuration does not keep it. */
  readonly configuredMissing: number;
  /** Not promised, and the configuration keeps it. */
  readonly configuredSurplus: number;
  /** The configuration keeps it, and it is not in the archive. */
  readonly lostByPipeline: number;
  /** In the archive, though the configuration does not keep it. */
  readonly keptAgainstPrediction: number;
  /** What the configuration decides is not known. */
  readonly unpredicted: number;
  /** Of those, where archive and promise differ. */
  readonly unpredictedWrong: number;
  /** Kept and not promised, but near enough to slow that the rule for slow traces may have decided. */
  readonly atTheEdge: number;
}

export interface Sample {
  readonly counts: SampleCounts;
  /** Where the traces were lost that are promised or configured, and are not there. */
  readonly stages: readonly StageCount[];
  /** Policies that keep what is not promised, the busiest first. */
  readonly surplusPolicies: readonly string[];
  /** Trace ids where promise, configuration and archive do not agree. */
  readonly examples: readonly string[];
}

const MISSING = 'promised AND NOT kept';
const SURPLUS = 'kept AND NOT promised AND NOT at_edge';
const CONFIGURED_MISSING = 'promised AND NOT configured AND NOT unpredicted';
const CONFIGURED_SURPLUS = 'configured AND NOT promised AND NOT at_edge';
const LOST_BY_PIPELINE = 'configured AND NOT kept';
const KEPT_AGAINST_PREDICTION = 'kept AND NOT configured AND NOT unpredicted';
const WRONG = [
  MISSING,
  SURPLUS,
  CONFIGURED_MISSING,
  CONFIGURED_SURPLUS,
  LOST_BY_PIPELINE,
  KEPT_AGAINST_PREDICTION,
]
  .map((condition) => `(${condition})`)
  .join(' OR ');

const SAMPLED = `WITH sampled AS (
  SELECT f.seq, f.trace_id, f.policy, f.lost_stage, f.observed,
         coalesce(f.promised_kept, false) AS promised,
         f.predicted = 'keep' AS configured,
         f.predicted = 'unknown' AS unpredicted,
         f.observed <> 'absent' AS kept,
         coalesce(t.end_us - t.start_us >= $edge_us::BIGINT, false) AS at_edge
  FROM fate f LEFT JOIN traces t ON t.trace_id = f.trace_id
  WHERE f.promise = $promise)`;

/**
 * Compares the traces to which the promise applies, one by one. A trace may be kept beyond the promise when its
 * spans, from first start to last end, come within edgeMs of the threshold of a promise for slow traces: the
 * sampler measures the whole trace, the promise its answer.
 */
export async function sampleOf(evidence: Evidence, promise: string, edgeMs: number): Promise<Sample> {
  const parameters = { promise, edge_us: slowEdgeUs(evidence, edgeMs) };
  const policies = await evidence.query<{ policy: string }>(
    `${SAMPLED} SELECT policy FROM sampled WHERE (${SURPLUS} OR ${CONFIGURED_SURPLUS}) AND policy IS NOT NULL
     GROUP BY policy ORDER BY count(*) DESC, policy`,
    parameters,
  );
  return {
    counts: await countRows(evidence, parameters),
    stages: await evidence.query<StageCount>(
      `${SAMPLED} SELECT coalesce(lost_stage, 'unexplained') AS stage, count(*) AS count
       FROM sampled WHERE (${MISSING}) OR (${LOST_BY_PIPELINE}) GROUP BY stage ORDER BY count DESC, stage`,
      parameters,
    ),
    surplusPolicies: policies.map(({ policy }) => policy),
    examples: await traceIds(
      evidence,
      `${SAMPLED} SELECT trace_id FROM sampled WHERE ${WRONG} ORDER BY seq`,
      parameters,
    ),
  };
}

/** Duration of a trace from which the rule for slow traces may decide; null when no promise is about slow ones. */
function slowEdgeUs(evidence: Evidence, edgeMs: number): number | null {
  const thresholds = evidence.run.system.promises.flatMap(({ when }) =>
    when.kind === 'slow' ? [when.ms] : [],
  );
  return thresholds.length === 0 ? null : Math.round((Math.min(...thresholds) - edgeMs) * 1000);
}

function countRows(
  evidence: Evidence,
  parameters: Readonly<Record<string, string | number | null>>,
): Promise<SampleCounts> {
  const where = (condition: string): string => `count(*) FILTER (WHERE ${condition})`;
  return one<SampleCounts>(
    evidence,
    `${SAMPLED}
     SELECT count(*) AS "total",
            ${where('promised')} AS "promised",
            ${where('configured')} AS "configured",
            ${where('kept')} AS "kept",
            ${where("observed = 'part'")} AS "keptInPart",
            ${where(MISSING)} AS "missing",
            ${where(SURPLUS)} AS "surplus",
            ${where(CONFIGURED_MISSING)} AS "configuredMissing",
            ${where(CONFIGURED_SURPLUS)} AS "configuredSurplus",
            ${where(LOST_BY_PIPELINE)} AS "lostByPipeline",
            ${where(KEPT_AGAINST_PREDICTION)} AS "keptAgainstPrediction",
            ${where('unpredicted')} AS "unpredicted",
            ${where(`unpredicted AND ((${MISSING}) OR (${SURPLUS}))`)} AS "unpredictedWrong",
            ${where('kept AND NOT promised AND at_edge')} AS "atTheEdge"
     FROM sampled`,
    parameters,
  );
}
