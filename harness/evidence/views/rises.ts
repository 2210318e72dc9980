/** The table `rises`: when the counters of the pipeline rose, and by how much. */

/** Metrics of the Collector and of the services' SDKs; the other gauges are no counters of telemetry. */
const PIPELINE = `metric LIKE 'otelcol%' OR metric LIKE 'otel\\_sdk%' ESCAPE '\\'`;

/**
 * A query with the columns part, metric (without the suffix _total, which may or may not be there), labels, from_us,
 * until_us and rise: a row for each pair of scrapes of a part between which a series rose. A series that is not there yet
 * stands at 0, since a counter appears when it first counts. With a new process it begins anew at 0, and so does one that
 * fell for a reason that nobody noted, as Prometheus' `increase` has it; what was counted between the last scrape and the end
 * of a process nobody knows. Needs the table outages.
 */
export function risesSql(): string {
  return `
    WITH counters AS (
      SELECT part, regexp_replace(metric, '_total$', '') AS metric, labels, at_us, value,
             (SELECT count(*) FROM outages o WHERE o.part = gauges.part AND o.from_us < gauges.at_us) AS process
      FROM gauges WHERE ${PIPELINE}),
    scrapes AS (SELECT DISTINCT part, at_us FROM counters),
    steps AS (
      SELECT part, at_us, lag(at_us, 1, at_us - 1000000) OVER (PARTITION BY part ORDER BY at_us) AS before_us
      FROM scrapes),
    changes AS (
      SELECT part, metric, labels, at_us, value,
             lag(value, 1, 0) OVER (PARTITION BY part, metric, labels, process ORDER BY at_us) AS before
      FROM counters)
    SELECT c.part, c.metric, c.labels, s.before_us AS from_us, c.at_us AS until_us,
           CASE WHEN c.value < c.before THEN c.value ELSE c.value - c.before END AS rise
    FROM changes c JOIN steps s ON s.part = c.part AND s.at_us = c.at_us
    WHERE c.value <> c.before AND (c.value > c.before OR c.value > 0)`;
}

/** The same columns without a row, for a run without gauges. */
export const NO_RISES = `SELECT '' AS part, '' AS metric, '' AS labels, 0::BIGINT AS from_us, 0::BIGINT AS until_us,
  0::DOUBLE AS rise WHERE false`;
