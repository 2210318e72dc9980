import { traceIds } from '../../analysis/lib/query.ts';
import { timesOf } from '../../analysis/statistics/series.ts';
import { PLACED, stepUs, WINDOW_COLUMNS, type Window } from '../../analysis/statistics/window-series.ts';
import type { Evidence } from '../../harness/contracts.ts';
import { goodShare, median } from './windows.ts';

/** Requests in a window without which its p95 is a lottery. */
const LEAST_FOR_P95 = 20;

export interface Aftermath {
  readonly route: string;
  readonly quantile: 'p50' | 'p95';
  readonly baseline: {
    readonly windows: number;
    readonly goodShare: number;
    /** Median over the windows of the quantile. */
    readonly medianUs: number;
  };
  /** The whole seconds since the end of the fault; undefined where no request of the route was due. */
  readonly seconds: readonly (Window | undefined)[];
}

/** A window, or nothing but the number of seconds when the route has none. */
interface Row extends Window {
  readonly phase: 'baseline' | 'after' | null;
  readonly second: number;
  /** Whole seconds from the end of the fault to that of the load; null when no request is recorded. */
  readonly secondsAfter: number | null;
}

/** Requests by the second in which they were due: of the baseline from its start, of the time after the fault from its end. */
const REQUESTS = `WITH ${PLACED},
  bounds AS (
    -- With several blocks: of the first baseline, as the others begin in the aftermath of a fault.
    SELECT min(at_us) FILTER (WHERE phase = 'baseline') AS first_us,
           max(at_us) FILTER (WHERE phase = 'baseline' AND stretch = 1) AS last_us,
           -- The last request stands for the step up to the next; a microsecond may be lost in rounding.
           CAST(floor((max(at_us) + $step_us::DOUBLE + 1 - $end_us::DOUBLE) / 1e6) AS BIGINT) AS seconds_after
    FROM placed),
  requests AS (
    SELECT trace_id, took_us, good, 'after' AS phase, CAST(floor((at_us - $end_us::DOUBLE) / 1e6) AS BIGINT) AS second
    FROM placed WHERE route = $route AND at_us >= $end_us::DOUBLE
    UNION ALL
    SELECT trace_id, took_us, good, 'baseline', CAST(floor((at_us - first_us) / 1e6) AS BIGINT)
    FROM placed, bounds
    WHERE route = $route AND phase = 'baseline' AND stretch = 1 AND at_us >= first_us + 1e6
      AND floor((at_us - first_us) / 1e6) < floor((last_us - first_us) / 1e6))`;

/** How the route did in the baseline, without its first and last second, and in each second since the end of the fault. */
export async function aftermathOf(evidence: Evidence, route: string, endUs: number): Promise<Aftermath> {
  const rows = await evidence.query<Row>(
    `${REQUESTS},
     windows AS (SELECT phase, second, ${WINDOW_COLUMNS} FROM requests GROUP BY phase, second)
     SELECT w.*, b.seconds_after AS "secondsAfter" FROM bounds b LEFT JOIN windows w ON true ORDER BY w.phase, w.second`,
    parametersOf(evidence, route, endUs),
  );
  const baseline = rows.filter(({ phase }) => phase === 'baseline');
  const after = new Map(rows.flatMap((row) => (row.phase === 'after' ? [[row.second, row]] : [])));
  const sizes = [baseline, [...after.values()]].map((windows) =>
    median(windows.map(({ requests }) => requests)),
  );
  const quantile = Math.min(...sizes) < LEAST_FOR_P95 ? 'p50' : 'p95';
  return {
    route,
    quantile,
    baseline: {
      windows: baseline.length,
      goodShare: goodShare(baseline),
      medianUs: median(timesOf(baseline, quantile)),
    },
    seconds: Array.from({ length: Math.max(0, rows[0]?.secondsAfter ?? 0) }, (_, second) =>
      after.get(second),
    ),
  };
}

/** Traces of the route's requests that were not good or took longer, in the seconds since the end of the fault. */
export function sickTraces(
  evidence: Evidence,
  route: string,
  endUs: number,
  { fromS, untilS, limitUs }: { readonly fromS: number; readonly untilS: number; readonly limitUs: number },
): Promise<string[]> {
  return traceIds(
    evidence,
    `${REQUESTS} SELECT trace_id FROM requests
     WHERE phase = 'after' AND second >= $from_s AND second < $until_s AND (NOT good OR took_us > $limit_us)
     GROUP BY trace_id ORDER BY bool_and(good), max(took_us) DESC NULLS FIRST, trace_id`,
    { ...parametersOf(evidence, route, endUs), from_s: fromS, until_s: untilS, limit_us: limitUs },
  );
}

function parametersOf(evidence: Evidence, route: string, endUs: number) {
  return { route, end_us: endUs, step_us: stepUs(evidence) };
}
