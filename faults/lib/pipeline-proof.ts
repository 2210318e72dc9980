import type { Evidence, FaultWindow, Proof } from '../../harness/contracts.ts';
import { type Stretch, stretchesOf } from './stretches.ts';
import { number } from './text.ts';

interface Measure {
  /** The counter of what came through, as an SQL condition on a row of rises. */
  readonly through: string;
  readonly slowness: {
    /** SQL that yields `mean`, NULL when nothing was seen; it has the table stretches ("fromUs", "untilUs"). */
    readonly sql: string;
    /** What the mean is of. */
    readonly of: string;
    /** Whether it is of milliseconds that something takes, to which a latency is added. */
    readonly isTime: boolean;
  };
}

const EXPORTS = 'otel_sdk_exporter_operation_duration';

/** Telemetry leaves no calls in the recording, but its senders and receivers count. By edge of the pipeline. */
const MEASURES: Readonly<Record<string, Measure>> = {
  'services-to-collector': {
    through: `part = 'collector' AND metric LIKE '%receiver_accepted_spans'`,
    // Not the queues of the SDKs: read as often as they are emptied, they show the beat of the two.
    slowness: {
      sql: `SELECT 1000 * sum(rise) FILTER (WHERE metric = '${EXPORTS}_sum')
                   / sum(rise) FILTER (WHERE metric = '${EXPORTS}_count') AS mean
            FROM rises JOIN stretches ON from_us >= "fromUs" AND until_us <= "untilUs"`,
      of: 'ms for an export',
      isTime: true,
    },
  },
  'collector-to-jaeger': {
    through: `part = 'collector' AND metric LIKE '%exporter_sent_spans' AND (labels->>'$.exporter') NOT LIKE 'file%'`,
    slowness: {
      sql: `SELECT avg(waiting) AS mean FROM (
              SELECT at_us, sum(value) AS waiting FROM gauges
              WHERE metric LIKE '%exporter_in_flight_requests' AND (labels->>'$.exporter') NOT LIKE 'file%'
              GROUP BY at_us) JOIN stretches ON at_us >= "fromUs" AND at_us < "untilUs"`,
      of: 'requests under way',
      isTime: false,
    },
  },
};

/** Between the fault's beginning and the first look that knows nothing of before: what was under way still comes through. */
const SETTLE_US = 2_000_000;
/** A counter that nobody read twice cannot be seen to stand still. */
const LEAST_LOOKS = 2;
/** How many times as slow as usual it has to be. */
const LEAST_FACTOR = 1.5;
/** Of an added latency, what must be seen at least of it on average: exports that were sent before it end after its beginning. */
const LEAST_SHARE = 0.5;

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

/**
 * Proof of a fault that makes telemetry slow on its way: what is sent takes longer than usual, or more of it is under way.
 * @param addedMs by how much at least it makes each answer later; 0 = not known
 */
export async function provePipelineSlowness(
  evidence: Evidence,
  window: FaultWindow,
  addedMs = 0,
): Promise<Proof> {
  const stretches = stretchesOf(evidence, window);
  const slowness = MEASURES[window.edge.id]?.slowness;
  const before = await meanOf(evidence, slowness, stretches.before);
  const inside = await meanOf(evidence, slowness, stretches.inside);
  const after = await meanOf(evidence, slowness, stretches.after);
  const leastMs = slowness?.isTime ? addedMs * LEAST_SHARE : 0;
  const isMore =
    before !== null && inside !== null && inside > before * LEAST_FACTOR && inside > before + leastMs;
  // Nearer to what it was before: what was sent under the fault ends after it.
  const isOver = after === null ? !stretches.afterNeeded : isMore && after - before < (inside - before) / 2;
  const text = (value: number | null) => (value === null ? 'nothing seen' : String(Number(value.toFixed(1))));
  const of = slowness?.of ?? 'requests under way';
  const more = leastMs > 0 ? `, at least ${number(leastMs)} more,` : '';
  return {
    held: isMore && isOver,
    expected: `${LEAST_FACTOR} times as many ${of} as usual${more} while it was in force, and nearly as before after`,
    observed: `${of}: ${text(inside)} on average while it was in force; ${text(before)} before, ${text(after)} after`,
    figures: { slownessBefore: before, slownessInside: inside, slownessAfter: after },
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

/** The mean of what shows slowness; null when nothing of it was seen. */
async function meanOf(
  evidence: Evidence,
  slowness: Measure['slowness'] | undefined,
  stretches: readonly Stretch[],
): Promise<number | null> {
  if (!slowness || !evidence.sources.has('gauges')) return null;
  const [row] = await evidence.query<{ mean: number | null }>(
    `WITH stretches AS (
       SELECT unnest(from_json($stretches, '[{"fromUs": "BIGINT", "untilUs": "BIGINT"}]'), recursive := true))
     ${slowness.sql}`,
    { stretches: JSON.stringify(stretches) },
  );
  return row?.mean ?? null;
}
