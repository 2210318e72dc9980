import { one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';
import { faultWindows, measuredPhases, spanOf } from './phases.ts';

/** A primary edge, the one to fall back to, and the span in which either is called. */
export interface FallbackView {
  readonly span: string;
  readonly primary: string;
  readonly fallback: string;
}

/** Numbers of traces. */
export interface FallbackCounts {
  /** With such a span while the fault was in force. */
  readonly traces: number;
  /** Of those, without a good answer of the primary. */
  readonly needed: number;
  /** Needed, with a good answer of the fallback. */
  readonly rescued: number;
  /** The fallback was called though the primary had a good answer. */
  readonly unneeded: number;
  /** The same, of the measured time before the fault. */
  readonly unneededBefore: number;
}

export interface FallbackUse extends FallbackCounts {
  /** When, in the measured time before the fault, the fallback was called though nobody had asked the primary. */
  readonly unaskedBefore: readonly { readonly startUs: number; readonly endUs: number }[];
  /** Traces that were not rescued, then those in which the fallback was not needed. */
  readonly examples: readonly string[];
}

/** A comparison with what is not known is not good. */
const JUDGED = `WITH
  windows AS (
    SELECT unnest(from_json($windows, '[{"fromUs":"DOUBLE","untilUs":"DOUBLE"}]'), recursive := true)),
  first_window AS (SELECT min("fromUs") AS from_us FROM windows),
  spans AS (
    SELECT trace_id, r.start_us, r.end_us,
           EXISTS (SELECT 1 FROM windows w WHERE r.start_us >= w."fromUs" AND r.start_us < w."untilUs") AS inside,
           r.start_us >= $measured_us::DOUBLE AND r.start_us < (SELECT from_us FROM first_window) AS before
    FROM recording r WHERE name = $span),
  traces_of AS (
    SELECT trace_id, min(start_us) AS start_us, max(end_us) AS end_us, bool_or(inside) AS inside, bool_or(before) AND NOT bool_or(inside) AS before
    FROM spans GROUP BY trace_id),
  calls_of AS (
    SELECT trace_id, edge, coalesce(http_status < 500 AND status <> 'error', false) AS good
    FROM calls WHERE edge IN ($primary, $fallback)),
  outcomes AS (
    SELECT trace_id, bool_or(edge = $primary) AS asked, bool_or(edge = $primary AND good) AS primary_good, bool_or(edge = $fallback) AS fell_back,
           bool_or(edge = $fallback AND good) AS fallback_good
    FROM calls_of GROUP BY trace_id),
  judged AS (
    SELECT t.trace_id, t.inside, t.before,
           NOT coalesce(o.primary_good, false) AS needed,
           coalesce(o.fallback_good, false) AS rescued,
           coalesce(o.primary_good AND o.fell_back, false) AS unneeded,
           coalesce(o.fell_back AND NOT o.asked, false) AND t.before AS unasked_before, t.start_us, t.end_us
    FROM traces_of t LEFT JOIN outcomes o ON o.trace_id = t.trace_id)`;

/**
 * How the fallback was used in the traces with a span of that name, while a fault was in force and before it; in a
 * run that places no fault, over all measured phases. A call is good when it was answered below 500 and its span has no error.
 */
export async function fallbackUse(evidence: Evidence, view: FallbackView): Promise<FallbackUse> {
  const measured = spanOf(measuredPhases(evidence));
  const faults = faultWindows(evidence).map(({ fromUs, untilUs }) => ({ fromUs, untilUs }));
  const whole = measured ? [{ fromUs: measured.startUs, untilUs: measured.endUs }] : [];
  const parameters = {
    ...view,
    windows: JSON.stringify(faults.length > 0 ? faults : whole),
    measured_us: measured?.startUs ?? null,
  };
  const counts = await one<FallbackCounts>(
    evidence,
    `${JUDGED}
     SELECT count(*) FILTER (WHERE inside) AS traces,
            count(*) FILTER (WHERE inside AND needed) AS needed,
            count(*) FILTER (WHERE inside AND needed AND rescued) AS rescued,
            count(*) FILTER (WHERE inside AND unneeded) AS unneeded,
            count(*) FILTER (WHERE before AND unneeded) AS "unneededBefore"
     FROM judged`,
    parameters,
  );
  const examples = await traceIds(
    evidence,
    `${JUDGED}
     SELECT trace_id FROM judged
     WHERE inside AND needed AND NOT rescued OR (inside OR before) AND unneeded OR unasked_before
     ORDER BY unneeded OR unasked_before, trace_id`,
    parameters,
  );
  const unaskedBefore = await evidence.query<FallbackUse['unaskedBefore'][number]>(
    `${JUDGED} SELECT start_us AS "startUs", end_us AS "endUs" FROM judged WHERE unasked_before`,
    parameters,
  );
  return { ...counts, unaskedBefore, examples };
}
