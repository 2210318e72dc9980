import type { Evidence, PhaseName } from '../../harness/contracts.ts';
import { goodShare, median, WINDOW_COLUMNS, type Window } from './windows.ts';

/** Quantiles that a window of a second can carry: below these numbers of requests the higher one is a lottery. */
const QUANTILES = [
  { name: 'p99', least: 20 },
  { name: 'p95', least: 10 },
  { name: 'p50', least: 0 },
] as const;

type Quantile = (typeof QUANTILES)[number]['name'];

interface PhaseWindow extends Window {
  readonly phase: PhaseName;
}

export interface PhaseBehaviour {
  readonly windows: number;
  readonly requests: number;
  /** Median over the windows of the quantile of the response time, from when a request was due. */
  readonly medianUs: number;
  /** Share of the requests that got an answer of 2xx or 3xx. */
  readonly goodShare: number;
}

export interface RouteBehaviour {
  readonly route: string;
  readonly quantile: Quantile;
  readonly baseline: PhaseBehaviour;
  readonly fault: PhaseBehaviour;
}

/**
 * How a route did in the baseline and in the fault phase, by windows of a second of due time. The first and the last
 * second of a phase are left out.
 */
export async function behaviourOf(evidence: Evidence, route: string): Promise<RouteBehaviour> {
  const windows = await evidence.query<PhaseWindow>(
    `WITH bounds AS (
       SELECT phase, min(due_us) AS first_us, max(due_us) AS last_us FROM ledger
       WHERE phase IN ('baseline', 'fault') GROUP BY phase),
     requests AS (
       SELECT l.phase, l.sent_us + l.latency_us - l.due_us AS took_us,
              l.status BETWEEN 200 AND 399 AS good,
              (l.due_us - b.first_us) // 1000000 AS second,
              (b.last_us - b.first_us) // 1000000 AS last_second
       FROM ledger l JOIN bounds b ON b.phase = l.phase
       WHERE l.route = $route AND l.sent_us IS NOT NULL)
     SELECT phase, ${WINDOW_COLUMNS}
     FROM requests WHERE second > 0 AND second < last_second
     GROUP BY phase, second ORDER BY phase, second`,
    { route },
  );
  const baseline = windows.filter((window) => window.phase === 'baseline');
  const fault = windows.filter((window) => window.phase === 'fault');
  const quantile = fitting(baseline, fault);
  return { route, quantile, baseline: summary(baseline, quantile), fault: summary(fault, quantile) };
}

/** The same quantile for both phases, as the phase with the emptier windows can carry it. */
function fitting(...phases: readonly (readonly Window[])[]): Quantile {
  const size = Math.min(...phases.map((windows) => median(windows.map((window) => window.requests))));
  return QUANTILES.find(({ least }) => size >= least)?.name ?? 'p50';
}

function summary(windows: readonly Window[], quantile: Quantile): PhaseBehaviour {
  return {
    windows: windows.length,
    requests: windows.reduce((sum, window) => sum + window.requests, 0),
    medianUs: median(windows.map((window) => window[quantile])),
    goodShare: goodShare(windows),
  };
}
