import type { Evidence } from '../../../harness/contracts.ts';
import { everyOf } from '../../lib/part.ts';
import { FAILED, WAITED } from '../../lib/waited.ts';

/** A route as its calm requests show it. */
export interface RouteUse {
  readonly route: string;
  /** Requests whose trace was recorded; those of them with an answer of 2xx or 3xx. */
  readonly requests: number;
  readonly good: number;
}

/** What the requests of a route had to do with an edge before they were answered; counts are requests. */
export interface EdgeUse {
  readonly route: string;
  readonly edge: string;
  /** Requests that called over it before their answer; those of them with a good answer. */
  readonly using: number;
  readonly goodUsing: number;
  /** Of `using` those that waited for the last of these calls. */
  readonly waiting: number;
  /** Of `using` those in which the same caller has called over another edge before, and failed. */
  readonly afterFailure: number;
  /** Of `using` those in which the caller made no other call after it. */
  readonly last: number;
  /** Requests whose last call over it failed; those of them with a good answer. */
  readonly failed: number;
  readonly rescued: number;
  /** Of `rescued` those with another status than good answers usually have. */
  readonly rescuedOtherwise: number;
  /** Standard deviation of the times between requests that called over it, by their mean; null with less than three. */
  readonly gapVariation: number | null;
}

/** An edge over which callers turned when one of `edge` had failed, in requests that had a good answer. */
export interface Instead {
  readonly route: string;
  readonly edge: string;
  readonly instead: string;
  readonly requests: number;
}

/** Calls over an edge that no request of a route waited for: made after the answer, or by work without a request. */
export interface Apart {
  readonly edge: string;
  readonly calls: number;
}

/** All calls over an edge, waited for or not. */
export interface EdgeLoad {
  readonly edge: string;
  readonly callsPerS: number;
}

export interface Dependencies {
  readonly routes: readonly RouteUse[];
  readonly uses: readonly EdgeUse[];
  readonly instead: readonly Instead[];
  readonly apart: readonly Apart[];
  readonly loads: readonly EdgeLoad[];
  /** One in so many traces was looked at; `apart` and `loads` are those of all. */
  readonly every: number;
}

/** The requests of the measured phases that were due before any fault, and what they called over before their answer. */
const USED = `${WAITED},
  measured AS (
    SELECT DISTINCT trace_id, route, status FROM ledger WHERE phase <> 'warmup' AND due_us < $before::DOUBLE),
  requests AS MATERIALIZED (
    SELECT m.*, coalesce(m.status BETWEEN 200 AND 399, false) AS good, e.end_us
    FROM measured m JOIN entries e ON e.trace_id = m.trace_id),
  used AS MATERIALIZED (
    SELECT DISTINCT r.route, r.trace_id, r.good, r.status AS answer, c.edge, c.caller, c.span_id, c.start_us, c.end_us,
           c.failed, w.is_waited
    FROM requests r
    JOIN (SELECT *, ${FAILED} AS failed FROM calls) c ON c.trace_id = r.trace_id AND c.start_us < r.end_us
    JOIN waited w ON w.trace_id = c.trace_id AND w.span_id = c.span_id
    WHERE NOT EXISTS (SELECT 1 FROM apart a WHERE a.trace_id = c.trace_id AND a.span_id = c.span_id)),
  failures AS (
    SELECT trace_id, caller, edge, min(end_us) AS at_us FROM used WHERE failed GROUP BY trace_id, caller, edge),
  lasts AS (SELECT trace_id, caller, max(start_us) AS at_us FROM used GROUP BY trace_id, caller),
  usual AS (SELECT route, mode(status) AS answer FROM requests WHERE good GROUP BY route),
  by_request AS MATERIALIZED (
    SELECT u.route, u.edge, u.trace_id, min(u.start_us) AS first_us,
           any_value(u.good) AS good, any_value(u.answer IS DISTINCT FROM o.answer) AS is_other,
           arg_max(u.is_waited, u.end_us) AS is_waited, arg_max(u.failed, u.end_us) AS failed,
           bool_and(EXISTS (SELECT 1 FROM failures f WHERE f.trace_id = u.trace_id AND f.caller = u.caller
                              AND f.edge <> u.edge AND f.at_us <= u.start_us)) AS is_after_failure,
           bool_or(l.at_us <= u.start_us) AS is_last
    FROM used u
    LEFT JOIN usual o ON o.route = u.route
    JOIN lasts l ON l.trace_id = u.trace_id AND l.caller = u.caller
    GROUP BY u.route, u.edge, u.trace_id)`;

/** What each route depends on, from a run's requests that no fault touched. Empty without ledger and recording. */
export async function dependenciesOf(evidence: Evidence): Promise<Dependencies> {
  if (!evidence.sources.has('ledger') || !evidence.sources.has('recording'))
    return { routes: [], uses: [], instead: [], apart: [], loads: [], every: 1 };
  const froms = evidence.faults.flatMap(({ window }) => (window ? [window.fromUs] : []));
  const every = await everyOf(evidence);
  const parameters = {
    every,
    entry: evidence.run.system.entry,
    before: Math.min(Number.MAX_SAFE_INTEGER, ...froms),
  };
  const routes = await evidence.query<RouteUse>(
    `WITH RECURSIVE ${USED}
     SELECT route, count(*) AS requests, count(*) FILTER (WHERE good) AS good
     FROM requests GROUP BY route ORDER BY route`,
    parameters,
  );
  const uses = await evidence.query<EdgeUse>(
    `WITH RECURSIVE ${USED},
     gaps AS (
       SELECT route, edge, first_us - lag(first_us) OVER (PARTITION BY route, edge ORDER BY first_us) AS gap_us
       FROM by_request),
     variations AS (
       SELECT route, edge, stddev_samp(gap_us) / nullif(avg(gap_us), 0) AS variation FROM gaps GROUP BY route, edge)
     SELECT b.route, b.edge, count(*) AS "using", count(*) FILTER (WHERE good) AS "goodUsing",
            count(*) FILTER (WHERE is_waited) AS waiting, count(*) FILTER (WHERE is_after_failure) AS "afterFailure",
            count(*) FILTER (WHERE is_last) AS last, count(*) FILTER (WHERE failed) AS failed,
            count(*) FILTER (WHERE failed AND good) AS rescued,
            count(*) FILTER (WHERE failed AND good AND is_other) AS "rescuedOtherwise",
            any_value(v.variation) AS "gapVariation"
     FROM by_request b JOIN variations v ON v.route = b.route AND v.edge = b.edge
     GROUP BY b.route, b.edge ORDER BY b.route, b.edge`,
    parameters,
  );
  const instead = await evidence.query<Instead>(
    `WITH RECURSIVE ${USED}
     SELECT u.route, f.edge, u.edge AS instead, count(DISTINCT u.trace_id) AS requests
     FROM failures f JOIN used u ON u.trace_id = f.trace_id AND u.caller = f.caller
       AND u.edge <> f.edge AND u.start_us >= f.at_us AND u.good
     WHERE (u.route, u.edge) IN (SELECT (route, edge) FROM by_request GROUP BY route, edge HAVING bool_and(is_after_failure))
     GROUP BY u.route, f.edge, u.edge ORDER BY ALL`,
    parameters,
  );
  const apart = await evidence.query<Apart>(
    `WITH RECURSIVE ${USED}
     SELECT c.edge, count(DISTINCT (c.trace_id, c.span_id)) * $every AS calls
     FROM calls c LEFT JOIN waited w ON w.trace_id = c.trace_id AND w.span_id = c.span_id
     WHERE hash(c.trace_id) % $every::UBIGINT = 0 AND c.start_us < $before::DOUBLE AND NOT coalesce(w.is_waited, false)
     GROUP BY c.edge ORDER BY c.edge`,
    parameters,
  );
  const loads = await evidence.query<EdgeLoad>(
    `WITH calm AS (
       SELECT min(start_us) AS from_us, least(max(end_us), $before::DOUBLE) AS until_us
       FROM phases WHERE name <> 'warmup')
     SELECT edge, $every * count(DISTINCT (trace_id, span_id)) / (any_value(until_us - from_us) / 1e6) AS "callsPerS"
     FROM calls JOIN calm ON start_us BETWEEN from_us AND until_us
     WHERE hash(trace_id) % $every::UBIGINT = 0 AND until_us > from_us GROUP BY edge ORDER BY edge`,
    { before: parameters.before, every },
  );
  return { routes, uses, instead, apart, loads, every };
}
