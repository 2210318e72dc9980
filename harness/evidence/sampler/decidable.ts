/** Which predictions can be made at all: the sampler may have decided before the last span was there. */

/** Between a span's end and its arrival at the sampler: the SDK's export delay, and the sampler looks once a second. */
const ARRIVAL_US = 3_000_000;
/** How long a service may try again to send a batch, and so how late its spans may come. */
const RETRY_US = 60_000_000;

/**
 * Wraps the statement of predictionSql: a trace whose spans go on until about its decision, or beyond, while the Collector counted
 * spans that came late, may have been decided upon by a part of them, and nobody knows by which. Needs the tables traces and
 * losses.
 */
export function decidableSql(prediction: string, decisionWaitS: number): string {
  const waitUs = Math.round(decisionWaitS * 1e6);
  return `
    SELECT p.trace_id,
      CASE WHEN undecidable THEN 'unknown' ELSE predicted END AS predicted,
      CASE WHEN undecidable THEN NULL ELSE policy END AS policy
    FROM (
      SELECT p.*, coalesce(t.end_us - t.start_us >= ${waitUs - ARRIVAL_US}, false) AND EXISTS (
          SELECT 1 FROM losses WHERE losses.kind = 'late'
            AND losses.until_us >= t.start_us + ${waitUs - ARRIVAL_US}
            AND losses.from_us <= t.start_us + ${waitUs + RETRY_US}) AS undecidable
      FROM (${prediction}) p LEFT JOIN traces t ON t.trace_id = p.trace_id) p`;
}
