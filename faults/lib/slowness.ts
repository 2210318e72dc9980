import type { Evidence, FaultWindow } from '../../harness/contracts.ts';
import { REMOVAL_US, type Stretch } from './stretches.ts';

/** Calls of an edge before, during and after a fault that makes answers late. */
export interface Slowness {
  readonly before: number;
  readonly inside: number;
  /** Of those inside: answered no sooner than the fault allows, or given up after a wait that is not usual. */
  readonly slow: number;
  readonly after: number;
  /** Medians of how long calls lasted, microseconds; null where there were none. */
  readonly beforeP50Us: number | null;
  readonly insideP50Us: number | null;
  readonly afterP50Us: number | null;
}

export interface SlownessQuery {
  /** The least time that an answer takes under the fault. */
  readonly floorUs: number;
  /** The longest time that the fault adds; calls count as after it when they start that much later. */
  readonly latencyUs: number;
}

/**
 * How slow the edge was around the window. A call counts as inside when it started in the window and the fault was
 * surely in force until it would have been answered, or until it ended. The warm-up and the windows of other faults on
 * the edge are left out.
 */
export async function slownessOf(
  evidence: Evidence,
  { edge, fromUs, untilUs }: FaultWindow,
  { floorUs, latencyUs }: SlownessQuery,
): Promise<Slowness> {
  const [row] = await evidence.query<Slowness>(
    `WITH others AS (
       SELECT unnest(from_json($others, '[{"fromUs": "BIGINT", "untilUs": "BIGINT"}]'), recursive := true)),
     edge_calls AS (
       SELECT start_us, end_us, end_us - start_us AS took_us, http_status IS NOT NULL AS answered
       FROM calls WHERE edge = $edge AND NOT EXISTS (
         SELECT 1 FROM others WHERE end_us >= "fromUs" AND start_us <= "untilUs" + $latency::BIGINT)),
     usual AS (
       SELECT count(*) AS n, quantile_cont(CAST(took_us AS DOUBLE), 0.5) AS p50 FROM edge_calls
       WHERE end_us < $from::BIGINT
         AND start_us >= (SELECT min(start_us) FROM phases WHERE name <> 'warmup')),
     inside AS (
       SELECT * FROM edge_calls
       WHERE start_us >= $from::BIGINT AND start_us < $until::BIGINT
         AND least(start_us + $latency::BIGINT, end_us) <= $until::BIGINT - $removal::BIGINT),
     later AS (SELECT * FROM edge_calls WHERE start_us > $until::BIGINT + $latency::BIGINT),
     -- A caller with a time-out below the latency gets no answer at all; that it waited shows the fault.
     patience AS (SELECT least($floor, greatest(5 * coalesce((SELECT p50 FROM usual), 0), 100000)) AS us)
     SELECT (SELECT n FROM usual) AS before,
            (SELECT p50 FROM usual) AS "beforeP50Us",
            (SELECT count(*) FROM inside) AS inside,
            (SELECT count(*) FROM inside, patience
             WHERE took_us >= CASE WHEN answered THEN $floor ELSE patience.us END) AS slow,
            (SELECT quantile_cont(CAST(took_us AS DOUBLE), 0.5) FROM inside) AS "insideP50Us",
            (SELECT count(*) FROM later) AS after,
            (SELECT quantile_cont(CAST(took_us AS DOUBLE), 0.5) FROM later) AS "afterP50Us"`,
    {
      edge: edge.id,
      from: fromUs,
      until: untilUs,
      floor: floorUs,
      latency: latencyUs,
      removal: REMOVAL_US,
      others: JSON.stringify(othersOf(evidence, edge.id, fromUs)),
    },
  );
  if (!row) throw new Error('the statement for the slowness of an edge yielded no row');
  return row;
}

/** The windows of the other faults on the edge, such as those of other blocks, that do not overlap this one. */
function othersOf({ run }: Evidence, edge: string, ownFromUs: number): readonly Stretch[] {
  return run.faults.flatMap(({ on, fromUs, untilUs = Number.MAX_SAFE_INTEGER }) =>
    on === edge && fromUs !== undefined && (fromUs > ownFromUs || untilUs < ownFromUs)
      ? [{ fromUs, untilUs }]
      : [],
  );
}
