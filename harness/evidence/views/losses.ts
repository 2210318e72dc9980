/** The table `losses`: when the counters of lost spans and traces rose, those of the Collector and of the services' SDKs. */

export type LossKind =
  | 'evicted'
  | 'exporter-queue-full'
  | 'export-failed'
  | 'late'
  | 'policy-failed'
  | 'refused'
  | 'sdk-queue-full'
  | 'sdk-export-failed';

/**
 * Conditions by kind on a row of `rises`. `refused`: by the receiver, or by the memory limiter behind it, which the
 * receiver counts as failed or refused depending on its release.
 */
const CONDITIONS: Readonly<Record<LossKind, string>> = {
  evicted: `metric LIKE '%processor_tail_sampling_sampling_trace_dropped_too_early'`,
  'exporter-queue-full': `metric LIKE '%exporter_enqueue_failed_spans'`,
  'export-failed': `metric LIKE '%exporter_send_failed_spans'`,
  late: `regexp_matches(metric, 'processor_tail_sampling_sampling_late_span_age(_[a-z]+)?_count$')`,
  'policy-failed': `metric LIKE '%processor_tail_sampling_sampling_policy_evaluation_error'`,
  refused: `regexp_matches(metric, '(receiver|processor)_(refused|failed)_spans$|memory_limiter_refused_spans$')`,
  'sdk-queue-full': `metric = 'otel_sdk_processor_span_processed' AND (labels->>'$.error_type') = 'queue_full'`,
  'sdk-export-failed': `metric = 'otel_sdk_processor_span_processed' AND (labels->>'$.error_type') <> 'queue_full'`,
};

/**
 * A query with the columns kind, part, from_us, until_us, count: a row for each pair of scrapes between which a counter
 * of the kind rose. Needs the table rises.
 */
export function lossesSql(): string {
  const kinds = Object.entries(CONDITIONS).map(([kind, condition]) => `WHEN ${condition} THEN '${kind}'`);
  return `
    SELECT CASE ${kinds.join('\n      ')} END AS kind, part, from_us, until_us, rise AS count
    FROM rises WHERE kind IS NOT NULL`;
}
