/** The requests of a generated run, as SQL: a row a request with all that its spans and its books follow from. */
import type { Phase } from '../../harness/contracts.ts';

/** Requests per second: the rate of the main job. */
export const RATE = 1000;

/** Shares of the run's length. */
const SHARES = [
  ['warmup', 0.05],
  ['baseline', 0.3],
  ['fault', 0.4],
  ['recovery', 0.25],
] as const;

/** Share of the requests in per cent, which gives ten spans a request. */
const MIX = { order: 24, 'product-page': 25, health: 2 } as const;

/** From the start of the fault, until enough calls have run into the time-out of 3 s to open the breaker. */
const OPENS_US = 3_150_000;
/** One order of so many is a probe while the breaker is open. */
const PROBE = 1400;
/** From the end of the fault, until a probe closes the breaker. */
const CLOSES_US = 4_000_000;

/** The phases, without a gap, from `startUs` on. */
export function phasesOf(requests: number, startUs: number): readonly Phase[] {
  let fromUs = startUs;
  return SHARES.map(([name, share]) => {
    const phase = { name, startUs: fromUs, endUs: fromUs + Math.round((requests / RATE) * share) * 1e6 };
    fromUs = phase.endUs;
    return phase;
  });
}

/**
 * Columns: seq, phase, route, variant (see shapes.ts), trace_id, span_id (the client's), due_us, sent_us, chance (0 to
 * 999,999, of the request's own), factor (by which the times of its spans are scaled), and of an order order_id, customer, total,
 * items (a list of structs).
 */
export function requestsSql(requests: number, phases: readonly Phase[]): string {
  const [first] = phases;
  const fault = phases.find(({ name }) => name === 'fault');
  if (!first || !fault) throw new Error('a generated run has all phases');
  const phase = phases.map(({ name, endUs }) => `WHEN due_us < ${endUs} THEN '${name}'`).join(' ');
  const share = (from: number, per: number): string =>
    `chance >= ${from * 10_000} AND chance < ${(from + per) * 10_000}`;
  return `
    WITH drawn AS (
      SELECT seq, md5('trace ' || seq) AS trace_id, md5('client ' || seq)[:16] AS span_id,
             ${first.startUs} + seq * ${1e6 / RATE}::BIGINT AS due_us,
             hash(seq) % 1000000 AS chance, hash(seq, 1) % 1000000 AS second_chance
      FROM range(${requests}) AS r(seq)),
    routed AS (
      SELECT *, CASE ${phase} END AS phase,
        CASE WHEN ${share(0, MIX.order)} THEN 'order'
             WHEN ${share(MIX.order, MIX['product-page'])} THEN 'product-page'
             WHEN ${share(MIX.order + MIX['product-page'], MIX.health)} THEN 'health'
             ELSE 'product-list' END AS route
      FROM drawn),
    counted AS (SELECT *, row_number() OVER (PARTITION BY route ORDER BY seq) AS turn FROM routed),
    -- The first order after the fault at which the breaker lets a call through.
    closing AS (SELECT min(seq) AS seq FROM routed WHERE route = 'order' AND due_us >= ${fault.endUs + CLOSES_US}),
    varied AS (
      SELECT r.*, CASE
          WHEN route <> 'order' THEN route
          WHEN due_us < ${fault.startUs} OR r.seq > closing.seq THEN CASE
            WHEN turn % 25 = 0 THEN 'order-slow' WHEN second_chance < 10000 THEN 'order-retried' ELSE 'order' END
          WHEN r.seq = closing.seq THEN 'order-probe-good'
          WHEN due_us < ${fault.startUs + OPENS_US} THEN 'order-timed-out'
          WHEN due_us < ${fault.endUs} - 4000000 AND second_chance % ${PROBE} = 0 THEN 'order-probe'
          ELSE 'order-spared' END AS variant
      FROM counted r, closing)
    SELECT *, due_us + (chance % 900)::BIGINT AS sent_us, 0.97 + second_chance / 2e7 AS factor,
      CASE WHEN route = 'order' THEN md5('order ' || seq) END AS order_id,
      'c-' || (chance % 50 + 1) AS customer,
      1000 + (second_chance % 90000)::BIGINT AS total,
      CASE WHEN route = 'order' THEN list_transform(range(1 + (chance % 3)::BIGINT), lambda i:
        {'productId': 1 + (chance + i * 67)::BIGINT % 200, 'quantity': 1 + (second_chance + i)::BIGINT % 3}) END AS items
    FROM varied`;
}
