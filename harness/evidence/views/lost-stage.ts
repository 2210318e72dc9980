/** Where a promised trace was lost, as SQL over the columns of `judged` (see fate.ts). */
import type { LossKind } from './losses.ts';

/** The sampler and the gauges look once a second, and clocks of start and arrival differ a little. */
const EARLIER_US = 3_000_000;
/** A span arrives when it has ended and its batch was sent, so a decision is later than start + wait by that. */
const LATER_US = 10_000_000;
/** How long an exporter, of a service or of the Collector, may try again before it gives a batch up. */
const RETRY_US = 60_000_000;

/**
 * An SQL expression: the LossStage of a row that is promised and not whole, else NULL. Several causes can be at work
 * in one run, so a cause counts for a trace only if it was at work at the trace's own time; of several, the one
 * that leaves the narrowest mark is named first.
 * @param decisionWaitS seconds from a trace's first span to the decision
 * @param maxTraces size of the backend's ring of traces
 */
export function lostStageSql(decisionWaitS: number, maxTraces: number | undefined): string {
  const wait = Math.round(decisionWaitS * 1e6);
  const rose = (kind: LossKind, fromUs: string, untilUs: string) =>
    `EXISTS (SELECT 1 FROM losses WHERE losses.kind = '${kind}'
               AND losses.until_us >= ${fromUs} AND losses.from_us <= ${untilUs})`;
  const decision = `judged.start_us + ${wait}`;
  const evicted = rose('evicted', `${decision} - ${EARLIER_US}`, `${decision} + ${LATER_US}`);
  const exportFailed = rose('export-failed', `${decision} - ${EARLIER_US}`, `${decision} + ${RETRY_US}`);
  const late = rose('late', `${decision} - ${EARLIER_US}`, `${decision} + ${RETRY_US}`);
  const long = `judged.end_us - judged.start_us >= ${wait - EARLIER_US}`;
  return `CASE
      WHEN observed = 'whole' OR promised_kept IS NOT TRUE THEN NULL
      -- It reached the Collector, since the archive has it: the recording alone lacks it.
      WHEN recorded_spans = 0 AND archived_spans > 0 THEN 'unexplained'
      WHEN recorded_spans = 0 OR (status > 0 AND entry_us IS NULL) THEN 'not-exported'
      WHEN predicted = 'drop' AND policy IS NOT NULL THEN 'drop-policy-won'
      WHEN predicted = 'drop' THEN 'no-policy-keeps-it'
      WHEN observed = 'part' AND ${late} THEN 'late-spans'
      WHEN observed = 'absent' AND ${ringPassed(maxTraces)} THEN 'evicted-by-archive'
      WHEN ${evicted} THEN 'evicted-before-decision'
      WHEN ${exportFailed} THEN 'export-failed'
      WHEN ${long} AND ${late} THEN 'late-spans'
      ELSE 'unexplained' END`;
}

/** The ring evicts the oldest: more traces were decided to be kept than it holds, and this one is as old as those. */
function ringPassed(maxTraces: number | undefined): string {
  if (maxTraces === undefined) return 'false';
  return `(SELECT count(*) FROM prediction WHERE predicted = 'keep') > ${maxTraces}
        AND judged.start_us <= coalesce((SELECT min(start_us) FROM archive), judged.start_us) + ${LATER_US}`;
}
