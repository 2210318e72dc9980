/** The policy `latency` in SQL; tailsamplingprocessor v0.161.0, internal/sampling/latency.go. */

/** Makes a column of an aggregate over the spans of a trace. */
type Aggregate = (sql: string) => string;

/** Spans of a trace that are compared with each other; above it, the order of the spans is not looked into. */
const MOST_SPANS = 100;

/**
 * The processor takes the duration from the earliest start to the latest end, in whole milliseconds cut from
 * nanoseconds, and compares it with `>` below and `<=` above. The evidence has microseconds, so a duration at the very
 * edge may be on either side.
 *
 * It does so after each span in turn, and the first time that the duration is within the bounds decides. With an upper
 * bound, a trace that grew beyond it may have been within before, which the order of its spans decides. That is not in
 * the evidence; decided is only what is the same in any order.
 */
export function latencySql(thresholdMs: number, upperMs: number, aggregate: Aggregate): string {
  const duration = aggregate('max(end_us) - min(start_us)');
  const low = edgeUs(thresholdMs);
  const long = `${duration} > ${low}`;
  const decided =
    upperMs === 0 ? `WHEN ${long} THEN true` : withUpper(duration, low, edgeUs(upperMs), aggregate);
  // The processor forgets a start of 0 at the next span.
  const zero = `${aggregate('min(start_us)')} = 0 AND ${aggregate('count(*)')} > 1`;
  return `(CASE WHEN ${zero} THEN NULL WHEN ${duration} < ${low} THEN false ${decided} END)`;
}

/** The duration in microseconds from which on it counts as longer than `ms`; cut towards zero, also below it. */
function edgeUs(ms: number): number {
  return (ms >= 0 ? ms + 1 : ms) * 1000;
}

function withUpper(duration: string, low: number, high: number, aggregate: Aggregate): string {
  const within = `${duration} > ${low} AND ${duration} < ${high}`;
  const eachWithin = aggregate(`bool_and(end_us - start_us > ${low} AND end_us - start_us < ${high})`);
  // The duration of any part of a trace is that of two of its spans. The list is made only where it is looked at.
  const spans = aggregate(`CASE WHEN max(end_us) - min(start_us) >= ${high} AND count(*) <= ${MOST_SPANS}
    THEN list({'from': start_us, 'until': end_us}) END`);
  const pair = `greatest(a."until", b."until") - least(a."from", b."from")`;
  const pairsWithin = `len(list_filter(${spans}, lambda a:
    len(list_filter(${spans}, lambda b: ${pair} BETWEEN ${low} AND ${high})) > 0))`;
  return `WHEN ${within} THEN true WHEN ${duration} > ${low} AND ${eachWithin} THEN true
    WHEN ${duration} > ${low} AND ${pairsWithin} = 0 THEN false`;
}
