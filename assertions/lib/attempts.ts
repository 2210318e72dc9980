import { one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';
import { measuredPhases, spanOf } from './phases.ts';

export interface Attempts {
  readonly calls: number;
  readonly groups: number;
}

/** How often calls of an edge were tried. */
export interface EdgeAttempts {
  readonly edge: string;
  /** All measured phases. */
  readonly whole: Attempts;
  readonly fault: Attempts;
  /** Calls of the longest group; 0 without any. */
  readonly longest: number;
  /** Groups longer than allowed. */
  readonly tooLong: number;
  /** Traces with the longest groups of more than one call. */
  readonly examples: readonly string[];
}

interface Row {
  readonly calls: number;
  readonly groups: number;
  readonly faultCalls: number;
  readonly faultGroups: number;
  readonly longest: number;
  readonly tooLong: number;
}

/**
 * The attempts at one thing are the calls of the edge with the same trace, parent span, method and path. A group
 * belongs to the phase in which its first call began, with all its calls, so that the end of a phase cuts none.
 */
const GROUPS = `WITH attempts AS (
    SELECT c.trace_id, c.span_id, c.start_us, coalesce(r.parent_id, '') AS parent_id,
           coalesce(r.attributes->>'$."http.request.method"', r.attributes->>'$."http.method"', r.name) AS method,
           coalesce(r.url_path, '') AS path
    FROM calls c JOIN recording r ON r.trace_id = c.trace_id AND r.span_id = c.span_id
    WHERE c.edge = $edge),
  groups AS (
    SELECT trace_id, count(DISTINCT span_id) AS calls, min(start_us) AS start_us
    FROM attempts GROUP BY trace_id, parent_id, method, path),
  measured AS (SELECT * FROM groups WHERE start_us >= $from::BIGINT AND start_us < $until::BIGINT)`;

/** Groups the attempts of the edge; `maxAttempts` is the number of calls that a group may have. */
export async function attemptsOn(
  evidence: Evidence,
  edge: string,
  maxAttempts: number,
): Promise<EdgeAttempts> {
  const span = spanOf(measuredPhases(evidence)) ?? { startUs: 0, endUs: 0 };
  const bounds = { edge, from: span.startUs, until: span.endUs };
  const inFault = `EXISTS (
    SELECT 1 FROM phases p
    WHERE p.name = 'fault' AND measured.start_us >= p.start_us AND measured.start_us < p.end_us)`;
  const row = await one<Row>(
    evidence,
    `${GROUPS}
     SELECT coalesce(sum(calls), 0) AS calls, count(*) AS groups,
            coalesce(sum(calls) FILTER (WHERE in_fault), 0) AS "faultCalls",
            count(*) FILTER (WHERE in_fault) AS "faultGroups",
            coalesce(max(calls), 0) AS longest,
            count(*) FILTER (WHERE calls > $max) AS "tooLong"
     FROM (SELECT *, ${inFault} AS in_fault FROM measured)`,
    { ...bounds, max: maxAttempts },
  );
  return {
    edge,
    whole: { calls: row.calls, groups: row.groups },
    fault: { calls: row.faultCalls, groups: row.faultGroups },
    longest: row.longest,
    tooLong: row.tooLong,
    examples: await traceIds(
      evidence,
      `${GROUPS} SELECT trace_id FROM measured WHERE calls > 1
       GROUP BY trace_id ORDER BY max(calls) DESC, min(start_us), trace_id`,
      bounds,
    ),
  };
}
