/** Which predictions can be made at all: the sampler may have decided before the last span was there. */

/** Between a span's end and its arrival at the sampler: the SDK's export delay, and the sampler looks once a second. */
const ARRIVAL_S = 3;

/**
 * Wraps the statement of predictionSql: a trace whose spans go on until about its decision, or beyond, was decided upon by a part of
 * them, and nobody knows by which. Needs the table traces.
 */
export function decidableSql(prediction: string, decisionWaitS: number): string {
  // Half of a short wait, for then the delays are short as well, or nothing could be predicted.
  const limitUs = Math.round(Math.max(decisionWaitS - ARRIVAL_S, decisionWaitS / 2) * 1e6);
  return `
    SELECT p.trace_id,
      CASE WHEN t.end_us - t.start_us >= ${limitUs} THEN 'unknown' ELSE p.predicted END AS predicted,
      CASE WHEN t.end_us - t.start_us >= ${limitUs} THEN NULL ELSE p.policy END AS policy
    FROM (${prediction}) p LEFT JOIN traces t ON t.trace_id = p.trace_id`;
}
