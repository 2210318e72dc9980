/** The tables of result.json that no assertion owns: requests, fate, lost traces and routes. Used by the judge. */
import { z } from 'zod';
import type { ConservedStage, Evidence, Result } from './contracts.ts';

/** Lost traces that are listed one by one. */
const LISTED = 1000;
const countsSchema = z.record(z.string(), z.number());

/** Numbers of requests, and those sent per second of the measured phases, from first due time to last sending. */
export async function requestFigures(evidence: Evidence): Promise<Result['requests']> {
  const { planned, rate } = evidence.run.load;
  if (!evidence.sources.has('ledger')) return { planned, sent: 0, answered: 0, rate: 0 };
  const [row] = await evidence.query<{ sent: number; answered: number; rate: number | null }>(
    `WITH changes AS (
       SELECT seq, sent_us, due_us, CAST(phase IS DISTINCT FROM lag(phase) OVER (ORDER BY seq) AS INTEGER) AS changed
       FROM ledger WHERE phase <> 'warmup'),
     -- With several blocks a phase is there several times.
     stretches AS (
       SELECT *, sum(changed) OVER (ORDER BY seq RANGE UNBOUNDED PRECEDING) AS stretch FROM changes),
     phases_sent AS (
       SELECT count(sent_us) AS n, max(sent_us) - min(due_us) + 1e6 / $rate AS took_us
       FROM stretches GROUP BY stretch)
     SELECT (SELECT count(sent_us) FROM ledger) AS sent,
            (SELECT count(*) FROM ledger WHERE status > 0) AS answered,
            (SELECT CAST(sum(n) AS DOUBLE) * 1e6 / CAST(sum(took_us) AS DOUBLE) FROM phases_sent) AS rate`,
    { rate },
  );
  return {
    planned,
    sent: row?.sent ?? 0,
    answered: row?.answered ?? 0,
    rate: rounded(row?.rate ?? null, 2) ?? 0,
  };
}

/** Requests by promise, prediction and observation, in the order of the system's promises. */
export async function fateCounts(evidence: Evidence): Promise<Result['fate']> {
  if (!hasFate(evidence)) return [];
  const rows = await evidence.query<Result['fate'][number]>(
    `SELECT promise, promised, predicted, observed, count(*) AS count
     FROM fate GROUP BY ALL ORDER BY promised, predicted DESC, observed DESC`,
  );
  const order = evidence.run.system.promises.map((promise) => promise.id);
  const rank = (promise: string | null): number => (promise === null ? order.length : order.indexOf(promise));
  return rows.toSorted((a, b) => rank(a.promise) - rank(b.promise));
}

/** The traces that are promised and not there whole, by the order of their requests. */
export async function lostTraces(evidence: Evidence): Promise<Pick<Result, 'lost' | 'lostCount'>> {
  if (!hasFate(evidence)) return { lost: [], lostCount: 0 };
  const [total] = await evidence.query<{ count: number }>(
    'SELECT count(*) AS count FROM fate WHERE lost_stage IS NOT NULL',
  );
  const lost = await evidence.query<Result['lost'][number]>(
    `SELECT trace_id AS "traceId", promised, lost_stage AS stage, route
     FROM fate WHERE lost_stage IS NOT NULL ORDER BY seq LIMIT ${LISTED}`,
  );
  return { lost, lostCount: total?.count ?? 0 };
}

/** The stages of the pipeline with what went in and came out; undefined when nothing was counted. */
export async function conservedStages(evidence: Evidence): Promise<Result['conservation']> {
  if (!evidence.sources.has('gauges') || !hasFate(evidence)) return undefined;
  const rows = await evidence.query<
    Omit<ConservedStage, 'in' | 'out' | 'losses'> & {
      readonly came_in: number;
      readonly came_out: number;
      readonly losses: string;
    }
  >(
    'SELECT stage, unit, came_in, came_out, losses, unaccounted, tolerance FROM conservation ORDER BY position',
  );
  if (rows.length === 0) return undefined;
  return rows.map(({ stage, unit, came_in, came_out, losses, unaccounted, tolerance }) => ({
    stage,
    unit,
    in: came_in,
    out: came_out,
    losses: lossesOf(losses),
    unaccounted,
    tolerance,
  }));
}

/** What was lost before it could be recorded, which the fate of traces does not show, and what nobody accounts for. */
export function* conservationNotes(stages: Result['conservation']): Generator<string> {
  for (const { stage, unit, losses, unaccounted, tolerance } of stages ?? []) {
    if (stage === 'sdk' && losses.length > 0)
      yield `spans were lost in the services before they were sent: ${losses.map((each) => `${each.count} by ${each.stage}`).join(', ')}`;
    if (Math.abs(unaccounted) > tolerance)
      yield `the pipeline is not in balance: of what went into the stage ${stage}, ${unaccounted} ${unit} neither came out nor are counted as lost`;
  }
}

function lossesOf(json: string): ConservedStage['losses'] {
  return Object.entries(countsSchema.parse(JSON.parse(json)))
    .map(([stage, count]) => ({ stage, count }))
    .filter(({ count }) => count > 0);
}

/** Response times per route and phase, from when a request was due; in the order of the routes and of time. */
export async function routeFigures(evidence: Evidence): Promise<Result['routes']> {
  if (!evidence.sources.has('ledger')) return [];
  const rows = await evidence.query<Result['routes'][number]>(
    `WITH requests AS (
       SELECT route, phase, status, seq, CAST(sent_us + latency_us - due_us AS DOUBLE) / 1000 AS took_ms
       FROM ledger WHERE route IS NOT NULL AND phase IS NOT NULL)
     SELECT route, phase, count(*) AS requests,
            count(*) FILTER (WHERE coalesce(status, 0) NOT BETWEEN 200 AND 399) AS failed,
            quantile_cont(took_ms, 0.5) AS "p50Ms",
            quantile_cont(took_ms, 0.95) AS "p95Ms",
            quantile_cont(took_ms, 0.99) AS "p99Ms"
     FROM requests GROUP BY route, phase ORDER BY route, min(seq)`,
  );
  const order = evidence.run.system.routes;
  return rows
    .map((row) => ({
      ...row,
      p50Ms: rounded(row.p50Ms, 1),
      p95Ms: rounded(row.p95Ms, 1),
      p99Ms: rounded(row.p99Ms, 1),
    }))
    .toSorted((a, b) => order.indexOf(a.route) - order.indexOf(b.route));
}

function hasFate({ sources }: Evidence): boolean {
  return sources.has('ledger') && sources.has('recording') && sources.has('archive');
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
