/**
 * What the ledger says second by second: windows of a second of due time are the unit of every comparison, since
 * requests of one second share their fate.
 */
import type { Evidence, PhaseName } from '../../harness/contracts.ts';

export interface Window {
  readonly requests: number;
  /** Answered with 2xx or 3xx. */
  readonly good: number;
  /** Of the time from when a request was due to the end of its answer; null when none of them has one. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export type Quantile = 'p50' | 'p95' | 'p99';

export interface PhaseWindow extends Window {
  readonly phase: PhaseName;
  /** 0 for the first time that the run is in this phase, 1 for the second, with --blocks. */
  readonly block: number;
  /** From the start of the phase. */
  readonly second: number;
  readonly startUs: number;
}

/** The columns of a Window, for a statement that groups requests with the columns took_us and good. */
export const WINDOW_COLUMNS = `
  count(*) AS requests, count(*) FILTER (WHERE good) AS good,
  quantile_cont(CAST(took_us AS DOUBLE), 0.5) AS p50,
  quantile_cont(CAST(took_us AS DOUBLE), 0.95) AS p95,
  quantile_cont(CAST(took_us AS DOUBLE), 0.99) AS p99`;

/**
 * Named subqueries that end with `placed`: a row a request of the measured phases, however often it is recorded, with
 * trace_id, phase, stretch (which grows with each change of the phase), route, took_us (from when it was due), good, and
 * at_us, when it was due. One without a record has no due time; the plan's even steps from its neighbour give it.
 */
export const PLACED = `recorded AS (
    SELECT DISTINCT seq, trace_id, phase, route, status, due_us, sent_us, latency_us FROM ledger WHERE phase <> 'warmup'),
  steps AS (
    SELECT *, due_us - seq * $step_us::DOUBLE AS first_us,
           CAST(phase IS DISTINCT FROM lag(phase) OVER (ORDER BY seq) AS INTEGER) AS changed
    FROM recorded),
  placed AS (
    SELECT trace_id, phase, sum(changed) OVER (ORDER BY seq RANGE UNBOUNDED PRECEDING) AS stretch, route,
           sent_us + latency_us - due_us AS took_us,
           coalesce(status BETWEEN 200 AND 399 AND sent_us + latency_us - due_us IS NOT NULL, false) AS good,
           coalesce(due_us,
             last_value(first_us IGNORE NULLS) OVER (ORDER BY seq) + seq * $step_us::DOUBLE,
             first_value(first_us IGNORE NULLS) OVER (
               ORDER BY seq ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) + seq * $step_us::DOUBLE) AS at_us
    FROM steps)`;

/** The parameter of PLACED: the time from one request to the next. */
export function stepUs({ run }: Evidence): number {
  return 1e6 / run.load.rate;
}

/**
 * The windows of a route in all measured phases, in the order of time; those in which it has no request are not there. What a phase has
 * beyond its last whole second counts in that.
 */
export function windowSeries(evidence: Evidence, route: string): Promise<PhaseWindow[]> {
  return evidence.query<PhaseWindow>(
    `WITH ${PLACED},
     bounds AS (
       SELECT stretch, any_value(phase) AS phase, min(at_us) AS first_us,
              greatest(floor((max(at_us) - min(at_us) + 1.5 * $step_us::DOUBLE) / 1e6), 1) AS seconds
       FROM placed GROUP BY stretch),
     blocks AS (SELECT *, row_number() OVER (PARTITION BY phase ORDER BY stretch) - 1 AS block FROM bounds),
     requests AS (
       SELECT b.phase, b.block, p.took_us, p.good, b.first_us,
              CAST(least(floor((p.at_us - b.first_us) / 1e6), b.seconds - 1) AS BIGINT) AS second
       FROM placed p JOIN blocks b ON b.stretch = p.stretch WHERE p.route = $route)
     SELECT phase, CAST(block AS INTEGER) AS block, second, min(first_us) + second * 1e6 AS "startUs", ${WINDOW_COLUMNS}
     FROM requests GROUP BY phase, block, second ORDER BY "startUs"`,
    { route, step_us: stepUs(evidence) },
  );
}
