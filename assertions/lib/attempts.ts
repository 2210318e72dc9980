import { EXAMPLES } from '../../analysis/lib/query.ts';
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

/** Columns of the statement; `examples` is null without a group of more than one call. */
interface Row {
  readonly edge: string;
  readonly calls: number;
  readonly groups: number;
  readonly faultCalls: number;
  readonly faultGroups: number;
  readonly longest: number;
  readonly tooLong: number;
  readonly examples: readonly string[] | null;
}

/**
 * Groups the attempts of the edges; `maxAttempts` is the number of calls that a group of an edge may have.
 *
 * The attempts at one thing are the calls of the edge with the same trace, parent span, method and path. A group
 * belongs to the phase in which its first call began, with all its calls, so that the end of a phase cuts none.
 */
export async function attemptsOn(
  evidence: Evidence,
  maxAttempts: Readonly<Record<string, number>>,
): Promise<readonly EdgeAttempts[]> {
  const span = spanOf(measuredPhases(evidence)) ?? { startUs: 0, endUs: 0 };
  const rows = await evidence.query<Row>(
    `WITH limits AS (
       SELECT unnest(from_json($limits, '[{"edge":"VARCHAR","most":"BIGINT"}]'), recursive := true)),
     groups AS (
       SELECT edge, trace_id, count(DISTINCT span_id) AS calls, min(start_us) AS start_us
       FROM calls WHERE edge IN (SELECT edge FROM limits)
       GROUP BY edge, trace_id, coalesce(parent_id, ''), method, coalesce(path, '')),
     measured AS MATERIALIZED (
       SELECT g.*, EXISTS (
                SELECT 1 FROM phases p
                WHERE p.name = 'fault' AND g.start_us >= p.start_us AND g.start_us < p.end_us) AS in_fault
       FROM groups g WHERE g.start_us >= $from::BIGINT AND g.start_us < $until::BIGINT),
     repeated AS (
       SELECT edge, trace_id FROM measured WHERE calls > 1 GROUP BY edge, trace_id
       QUALIFY row_number() OVER (PARTITION BY edge ORDER BY max(calls) DESC, min(start_us), trace_id) <= ${EXAMPLES}),
     ranked AS (
       SELECT m.edge, m.trace_id, max(m.calls) AS calls, min(m.start_us) AS start_us
       FROM measured m JOIN repeated r ON r.edge = m.edge AND r.trace_id = m.trace_id WHERE m.calls > 1
       GROUP BY m.edge, m.trace_id),
     examples AS (
       SELECT edge, list(trace_id ORDER BY calls DESC, start_us, trace_id) AS examples FROM ranked GROUP BY edge),
     counts AS (
       SELECT edge, sum(calls) AS calls, count(*) AS groups,
              coalesce(sum(calls) FILTER (WHERE in_fault), 0) AS "faultCalls",
              count(*) FILTER (WHERE in_fault) AS "faultGroups", max(calls) AS longest
       FROM measured GROUP BY edge),
     too_long AS (
       SELECT m.edge, count(*) AS n FROM measured m JOIN limits l ON l.edge = m.edge AND m.calls > l.most GROUP BY m.edge)
     SELECT c.*, coalesce(t.n, 0) AS "tooLong", e.examples FROM counts c
     LEFT JOIN too_long t ON t.edge = c.edge LEFT JOIN examples e ON e.edge = c.edge`,
    {
      limits: JSON.stringify(Object.entries(maxAttempts).map(([edge, most]) => ({ edge, most }))),
      from: span.startUs,
      until: span.endUs,
    },
  );
  return Object.keys(maxAttempts).map((edge): EdgeAttempts => {
    const row = rows.find((each) => each.edge === edge);
    return {
      edge,
      whole: { calls: row?.calls ?? 0, groups: row?.groups ?? 0 },
      fault: { calls: row?.faultCalls ?? 0, groups: row?.faultGroups ?? 0 },
      longest: row?.longest ?? 0,
      tooLong: row?.tooLong ?? 0,
      examples: row?.examples ?? [],
    };
  });
}
