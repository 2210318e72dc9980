/** SQL that several entries share; `victims` are the traces that are hit. */

/** Traces of stripe-slow with an error, none of them slow, that were kept whole. */
export function keptErrors(count: number): string {
  return `SELECT f.trace_id FROM fate f JOIN traces t ON t.trace_id = f.trace_id
    WHERE f.promise = 'errors' AND f.observed = 'whole' AND t.entry_us < 1500000 ORDER BY f.seq LIMIT ${count} OFFSET 3`;
}

/** An order before the fault, with nothing to be kept for. */
export const ORDINARY_ORDER = `SELECT trace_id FROM fate
  WHERE route = 'order' AND phase = 'baseline' AND promise = 'normal' AND observed = 'absent' ORDER BY seq LIMIT 1`;

/** The n-th failed request of the 60,000. */
export function failedRequest(ordinal: number): string {
  return `SELECT trace_id FROM fate WHERE promise = 'error' AND observed = 'whole' ORDER BY seq LIMIT 1 OFFSET ${ordinal}`;
}

/** Takes the victims out of the archive. */
export const NOT_ARCHIVED = 'DELETE FROM archive WHERE trace_id IN (FROM victims)';

/** Files the victims in the archive, whole. */
export const ARCHIVED = `INSERT INTO archive BY NAME
  SELECT COLUMNS(name -> name NOT IN ('trace_state', 'arrival')) FROM recording WHERE trace_id IN (FROM victims)`;

/** The Collector accepted so many spans less, a number or a statement: those that were never sent. */
export function fewerAccepted(spans: string): string {
  return `UPDATE gauges SET value = value - (${spans}) WHERE metric = 'otelcol_receiver_accepted_spans' AND value > 1000`;
}

/** All of the victims'. */
export const THEIR_SPANS = 'SELECT count(*) FROM recording WHERE trace_id IN (FROM victims)';

/** A counter of the Collector goes from 0 to 1 when the sampler decides on the victims, ten seconds after they began. */
export function counterRises(metric: string, afterS = 10): string {
  return `INSERT INTO gauges SELECT DISTINCT at_us, 'collector', '${metric}', '{}', 1::DOUBLE FROM gauges
    WHERE metric = 'otelcol_receiver_accepted_spans'
      AND at_us >= (SELECT min(start_us) + ${afterS * 1_000_000} FROM recording WHERE trace_id IN (FROM victims))`;
}

/** The victims go on for so long that the sampler has decided on them before their entry spans end. */
export const END_LATE = [
  `UPDATE recording SET end_us = end_us + 12500000 WHERE trace_id IN (FROM victims) AND service = 'api-gateway' AND kind = 'server'`,
  'UPDATE ledger SET latency_us = latency_us + 12500000 WHERE trace_id IN (FROM victims)',
] as const;

/** The id of one paid order, and of one that Stripe charged. */
export const PAID_ORDER = `(SELECT min(id) FROM books_orders WHERE state = 'paid')`;
export const CHARGED_ORDER = `(SELECT min(order_id) FROM books_charges WHERE status = 'succeeded' AND refunded = 0)`;

/** A counter of the gateway's SDK goes from 0 to 1 when the victims were sent. */
export function sdkCounterRises(reason: string): string {
  return `INSERT INTO gauges SELECT DISTINCT at_us, 'api-gateway', 'otel_sdk_processor_span_processed',
      '{"error_type":"${reason}"}', 1::DOUBLE FROM gauges
    WHERE at_us >= (SELECT min(start_us) FROM recording WHERE trace_id IN (FROM victims))`;
}
