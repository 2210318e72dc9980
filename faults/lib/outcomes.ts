import type { Edge, Evidence } from '../../harness/contracts.ts';
import type { Stretch } from './stretches.ts';

/** What became of the calls of an edge in some stretches of time. */
export interface Outcomes {
  readonly calls: number;
  /** Not among `calls`: neither ended nor became slow before the end of their stretch. */
  readonly open: number;
  /** Answered below 500 without an error of the span; of a database: without an error of the span. */
  readonly good: number;
  /** Something came back, good or not, within the stretch; of a database: good. */
  readonly answered: number;
  /** Ended within the stretch, and not good. */
  readonly failed: number;
  /** Lasted long, see SlowQuery. */
  readonly slow: number;
  /** How long calls lasted, microseconds; null where there were none. */
  readonly p50Us: number | null;
  readonly p95Us: number | null;
}

export interface SlowQuery {
  /** A call is slow when it lasts that long. */
  readonly slowUs: number;
  /** A call that is not good, is so from here on: its caller gave up. Default slowUs. */
  readonly patienceUs?: number;
}

/** So long that no call is slow. */
const NEVER: SlowQuery = { slowUs: Number.MAX_SAFE_INTEGER };

/**
 * Counts the calls that began in the stretches and, before the end of their stretch, either ended or became slow:
 * of the others it is not known what they would have come to without the change at its end.
 */
export async function outcomesOf(
  evidence: Evidence,
  edge: Edge,
  stretches: readonly Stretch[],
  { slowUs, patienceUs = slowUs }: SlowQuery = NEVER,
): Promise<Outcomes> {
  const [row] = await evidence.query<Outcomes>(
    `WITH stretches AS (
       SELECT unnest(from_json($stretches, '[{"fromUs": "BIGINT", "untilUs": "BIGINT"}]'), recursive := true)),
     edge_calls AS (
       -- A span that was exported twice is one call.
       SELECT DISTINCT trace_id, span_id, start_us, end_us, http_status,
              callee = 'database' AS is_database, status = 'error' AS is_error
       FROM calls WHERE edge = $edge),
     judged AS (
       SELECT start_us, end_us, end_us - start_us AS took_us,
              CASE WHEN is_database THEN NOT is_error ELSE http_status IS NOT NULL END AS answered,
              NOT is_error AND (is_database OR coalesce(http_status < 500, false)) AS good,
              CASE WHEN good THEN $slow ELSE least($patience, $slow) END AS limit_us
       FROM edge_calls),
     placed AS (
       SELECT *, end_us <= "untilUs" AS ended, least(end_us, start_us + limit_us) <= "untilUs" AS known
       FROM judged JOIN stretches ON start_us >= "fromUs" AND start_us < "untilUs")
     SELECT count(*) AS calls,
            (SELECT count(*) FROM placed WHERE NOT known) AS open,
            count(*) FILTER (WHERE good AND ended) AS good,
            count(*) FILTER (WHERE answered AND ended) AS answered,
            count(*) FILTER (WHERE NOT good AND ended) AS failed,
            count(*) FILTER (WHERE took_us >= limit_us) AS slow,
            quantile_cont(CAST(took_us AS DOUBLE), 0.5) AS "p50Us",
            quantile_cont(CAST(took_us AS DOUBLE), 0.95) AS "p95Us"
     FROM placed WHERE known`,
    {
      stretches: JSON.stringify(stretches),
      edge: edge.id,
      slow: Math.round(slowUs),
      patience: Math.round(patienceUs),
    },
  );
  if (!row) throw new Error('the statement for the outcomes of an edge yielded no row');
  return row;
}
