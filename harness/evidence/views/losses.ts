/** The table `losses`: when the Collector's counters of lost spans and traces rose. */

export type LossKind = 'evicted' | 'export-failed' | 'late';

/** Counters by kind, as regular expressions on metric names: a `_total` suffix may or may not be there. */
const COUNTERS: Readonly<Record<LossKind, string>> = {
  evicted: 'processor_tail_sampling_sampling_trace_dropped_too_early(_total)?$',
  'export-failed': 'exporter_(enqueue|send)_failed_spans(_total)?$',
  late: 'processor_tail_sampling_sampling_late_span_age(_[a-z]+)?_count$',
};

/**
 * A query with the columns kind, from_us, until_us: a row for each pair of samples between which a counter rose. A
 * counter that is not there yet stands at 0, since the Collector shows it from its first increment on.
 */
export function lossesSql(): string {
  const kinds = Object.entries(COUNTERS).map(
    ([kind, pattern]) => `WHEN regexp_matches(metric, '${pattern}') THEN '${kind}'`,
  );
  return `
    WITH scrapes AS (SELECT DISTINCT at_us FROM gauges WHERE part = 'collector' AND metric LIKE 'otelcol%'),
    steps AS (SELECT at_us, lag(at_us, 1, at_us - 1000000) OVER (ORDER BY at_us) AS before_us FROM scrapes),
    counters AS (
      SELECT CASE ${kinds.join(' ')} END AS kind, metric || labels AS series, at_us, value
      FROM gauges WHERE part = 'collector' AND metric LIKE 'otelcol%'),
    rises AS (
      SELECT kind, at_us, value - lag(value, 1, 0) OVER (PARTITION BY series ORDER BY at_us) AS rise
      FROM counters WHERE kind IS NOT NULL)
    SELECT rises.kind, steps.before_us AS from_us, rises.at_us AS until_us
    FROM rises JOIN steps ON steps.at_us = rises.at_us WHERE rises.rise > 0`;
}

/** The same columns without a row, for a run without gauges. */
export const NO_LOSSES = `SELECT '' AS kind, 0::BIGINT AS from_us, 0::BIGINT AS until_us WHERE false`;
