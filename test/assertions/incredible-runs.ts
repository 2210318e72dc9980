/** Ways in which a fixture run is not to be believed when it says `slow`; for `mutate`. */
import { type RequestSpec, START_US, type Tables } from '../evidence/fixture.ts';

/** One per cent of the machine idle between two seconds of the run; else 40 %. */
export function saturate(from: number, until = Number.POSITIVE_INFINITY): (tables: Tables) => void {
  return ({ gauges }) => {
    for (const row of gauges.filter(({ metric }) => metric === 'cpu_seconds')) {
      const second = (row.at_us - START_US) / 1e6;
      const saturated = Math.max(0, Math.min(second, until) - from);
      const busy = (second - saturated) * 1.2 + saturated * 1.98;
      if (row.labels.includes('busy')) row.value = busy;
      if (row.labels.includes('idle')) row.value = second * 2 - busy;
    }
  };
}

/** The requests of a phase leave so late. */
export function lag(phase: RequestSpec['phase'], byMs: number): (tables: Tables) => void {
  return ({ ledger }) => {
    for (const row of ledger)
      if (row.phase === phase && row.due_us !== null) row.sent_us = row.due_us + byMs * 1000;
  };
}

/** No gauge from a second of the run on. */
export function silence(second: number): (tables: Tables) => void {
  return (tables) => {
    tables.gauges = tables.gauges.filter(({ at_us }) => at_us < START_US + second * 1e6);
  };
}
