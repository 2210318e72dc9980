import { traceIds } from '../../analysis/lib/query.ts';
import type { ConservedStage, Evidence, LossAttribution } from '../../harness/contracts.ts';
import { stagesOf } from './loss.ts';
import { count, number } from './text.ts';

/** What was lost at one stage, or at one of several of which nobody can tell which it was. */
export interface StageLoss {
  readonly stage: LossAttribution;
  /** Promised traces that are not archived whole. */
  readonly traces: number;
  /** Spans that were made and never recorded. */
  readonly spans: number;
}

/** All losses of a run by where they happened, the largest first. */
export async function lossesByStage(evidence: Evidence): Promise<readonly StageLoss[]> {
  return evidence.query<StageLoss>(
    `SELECT stage, CAST(sum(traces) AS BIGINT) AS traces, CAST(sum(spans) AS BIGINT) AS spans FROM (
       SELECT lost_stage AS stage, 1 AS traces, 0 AS spans FROM fate WHERE lost_stage IS NOT NULL
       UNION ALL SELECT lost_stage, 0, 1 FROM missing_spans)
     GROUP BY stage ORDER BY traces DESC, spans DESC, stage`,
  );
}

/** Traces to look at of which something was lost at one of these stages. */
export function tracesLostAt(evidence: Evidence, stages: readonly LossAttribution[]): Promise<string[]> {
  return traceIds(
    evidence,
    `SELECT trace_id FROM (
       SELECT trace_id, lost_stage FROM fate WHERE lost_stage IS NOT NULL
       UNION ALL SELECT trace_id, lost_stage FROM missing_spans)
     WHERE list_contains(from_json($stages, '["VARCHAR"]'), lost_stage) GROUP BY trace_id ORDER BY trace_id`,
    { stages: JSON.stringify(stages) },
  );
}

/** The stages in which more is unaccounted for than their tolerance: somebody lost spans and did not count them. */
export async function unbalanced(
  evidence: Evidence,
): Promise<readonly Pick<ConservedStage, 'stage' | 'unit' | 'unaccounted' | 'tolerance'>[]> {
  return evidence.query(
    `SELECT stage, unit, unaccounted, tolerance FROM conservation WHERE abs(unaccounted) > tolerance ORDER BY position`,
  );
}

/** What every Collector counts that samples by traces. */
const COUNTED_ALWAYS = ['recorder', 'sampler', 'exporter', 'archive'];

/**
 * What ought to be counted and was not: in balance it is not known to be. Stages of the Collector, and services that are to
 * answer the metrics of their SDK and never did, though they sent spans.
 */
export async function uncounted(evidence: Evidence): Promise<readonly string[]> {
  const counted = await evidence.query<Pick<ConservedStage, 'stage'>>('SELECT stage FROM conservation');
  const silent = await evidence.query<{ service: string }>(
    `SELECT DISTINCT service FROM recording
     WHERE service NOT IN (SELECT part FROM gauges WHERE metric LIKE 'otel_sdk_span_ended%') ORDER BY service`,
  );
  return [
    ...COUNTED_ALWAYS.filter((name) => counted.every(({ stage }) => stage !== name)),
    ...silent.flatMap(({ service }) =>
      evidence.run.system.services[service]?.metrics ? [`SDK of ${service}`] : [],
    ),
  ];
}

/** `12 traces and 340 spans by sdk-export-failed`. */
export function describeLoss({ stage, traces, spans }: StageLoss): string {
  const parts = [
    ...(traces > 0 ? [count(traces, 'trace')] : []),
    ...(spans > 0 ? [`${number(spans)} unrecorded ${spans === 1 ? 'span' : 'spans'}`] : []),
  ];
  return `${parts.join(' and ')} by ${stagesOf(stage).join(' or ')}`;
}
