import type { Evidence, FaultWindow, Proof } from '../../harness/contracts.ts';
import { type Stretch, stretchesOf } from './stretches.ts';
import { number } from './text.ts';

/**
 * Telemetry leaves no calls in the recording, but its senders and receivers count. By edge of the pipeline: the counter of
 * what came through, and the gauges of what waits before it, as SQL conditions on a row of rises and of gauges.
 */
const MEASURES: Readonly<Record<string, { readonly through: string; readonly waiting: string }>> = {
  'services-to-collector': {
    through: `part = 'collector' AND metric LIKE '%receiver_accepted_spans'`,
    waiting: `metric = 'otel_sdk_processor_span_queue_size'`,
  },
  'collector-to-jaeger': {
    through: `part = 'collector' AND metric LIKE '%exporter_sent_spans' AND (labels->>'$.exporter') NOT LIKE 'file%'`,
    waiting: `metric LIKE '%exporter_in_flight_requests' AND (labels->>'$.exporter') NOT LIKE 'file%'`,
  },
};

/** Between the fault's beginning and the first look that knows nothing of before: what was under way still comes through. */
const SETTLE_US = 2_000_000;
/** A counter that nobody read twice cannot be seen to stand still. */
const LEAST_LOOKS = 2;
/** By how much more has to wait than usual. */
const LEAST_FACTOR = 1.5;

/** Proof of a fault under which no telemetry comes over the edge. */
export async function provePipelineInterruption(evidence: Evidence, window: FaultWindow): Promise<Proof> {
  const { before, inside, after, afterNeeded } = await spansOf(evidence, window);
  const text = inside === null ? 'nobody looked' : `${number(inside)} spans came over`;
  return {
    held: before > 0 && inside === 0 && (after > 0 || !afterNeeded),
    expected: 'spans come over the edge before and after, and none while it was in force',
    observed: `${text} while it was in force; ${number(before)} before, ${number(after)} after`,
    figures: { spansBefore: before, spansInside: inside, spansAfter: after },
  };
}

/** Proof of a fault that makes telemetry slow on its way: more waits for its turn than usual. */
export async function provePipelineSlowness(evidence: Evidence, window: FaultWindow): Promise<Proof> {
  const stretches = stretchesOf(evidence, window);
  const before = await waitingOf(evidence, window, stretches.before);
  const inside = await waitingOf(evidence, window, stretches.inside);
  const after = await waitingOf(evidence, window, stretches.after);
  const isMore = before !== null && inside !== null && inside > before * LEAST_FACTOR && inside > 0;
  const isLess = after === null ? !stretches.afterNeeded : inside !== null && after < inside;
  const text = (value: number | null) =>
    value === null ? 'nobody looked' : String(Number(value.toFixed(1)));
  return {
    held: isMore && isLess,
    expected: `${LEAST_FACTOR} times as much waiting before the edge as usual while it was in force, and less again after`,
    observed: `${text(inside)} waiting on average while it was in force; before ${text(before)}, after ${text(after)}`,
    figures: { waitingBefore: before, waitingInside: inside, waitingAfter: after },
  };
}

/** Spans that came over the edge; null inside when nobody looked, for then none seen is not none. */
async function spansOf(
  evidence: Evidence,
  window: FaultWindow,
): Promise<{
  readonly before: number;
  readonly inside: number | null;
  readonly after: number;
  readonly afterNeeded: boolean;
}> {
  const { before, inside, after, afterNeeded } = stretchesOf(evidence, window);
  const measure = MEASURES[window.edge.id];
  if (!measure || !evidence.sources.has('gauges')) return { before: 0, inside: null, after: 0, afterNeeded };
  const count = async (stretches: readonly Stretch[]): Promise<number> => {
    let sum = 0;
    for (const { fromUs, untilUs } of stretches) {
      const [row] = await evidence.query<{ spans: number | null }>(
        `SELECT sum(rise) AS spans FROM rises WHERE ${measure.through}
           AND from_us >= $from::BIGINT AND until_us <= $until::BIGINT`,
        { from: fromUs, until: untilUs },
      );
      sum += row?.spans ?? 0;
    }
    return sum;
  };
  const settled = inside.map(({ fromUs, untilUs }) => ({ fromUs: fromUs + SETTLE_US, untilUs }));
  const looks = await looksAtCollector(evidence, settled);
  return {
    before: await count(before),
    inside: looks >= LEAST_LOOKS ? await count(settled) : null,
    after: await count(after),
    afterNeeded,
  };
}

/** How often the Collector's counters were read in the stretches. */
async function looksAtCollector(evidence: Evidence, stretches: readonly Stretch[]): Promise<number> {
  let sum = 0;
  for (const { fromUs, untilUs } of stretches) {
    const [row] = await evidence.query<{ looks: number }>(
      `SELECT count(DISTINCT at_us) AS looks FROM gauges WHERE part = 'collector' AND metric LIKE 'otelcol%'
         AND at_us >= $from::BIGINT AND at_us <= $until::BIGINT`,
      { from: fromUs, until: untilUs },
    );
    sum += row?.looks ?? 0;
  }
  return sum;
}

/** The mean over the looks of all that waits; null when nobody looked. */
async function waitingOf(
  evidence: Evidence,
  { edge }: FaultWindow,
  stretches: readonly Stretch[],
): Promise<number | null> {
  const measure = MEASURES[edge.id];
  if (!measure || !evidence.sources.has('gauges')) return null;
  const [row] = await evidence.query<{ mean: number | null }>(
    `WITH stretches AS (
       SELECT unnest(from_json($stretches, '[{"fromUs": "BIGINT", "untilUs": "BIGINT"}]'), recursive := true)),
     looks AS (SELECT at_us, sum(value) AS waiting FROM gauges WHERE ${measure.waiting} GROUP BY at_us)
     SELECT avg(waiting) AS mean FROM looks JOIN stretches ON at_us >= "fromUs" AND at_us < "untilUs"`,
    { stretches: JSON.stringify(stretches) },
  );
  return row?.mean ?? null;
}
