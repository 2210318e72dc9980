/** Where a promised trace was lost, as SQL over the columns of `judged` (see fate.ts). */
import type { LossStage } from '../../contracts.ts';
import { literal } from '../tables.ts';
import type { LossKind } from './losses.ts';
import { sdkStageSql } from './sdk-stage.ts';
import { type Candidate, stagesSql } from './stages.ts';

/** The sampler and the gauges look once a second, and clocks of start and arrival differ a little. */
const EARLIER_US = 3_000_000;
/** A span arrives when it has ended and its batch was sent, so a decision is later than start + wait by that. */
const LATER_US = 10_000_000;
/** How long an exporter, of a service or of the Collector, may try again before it gives a batch up. */
const RETRY_US = 60_000_000;
/** From the decision until the backend has the trace: the sampler's tick, the exporter's batch, the sending. */
const HANDED_ON_US = 2_500_000;
/** So much after the decision wait a span is late for sure, though arrivals are known to about a second only. */
const LATE_FOR_SURE_US = 2_000_000;
const LATE_PERHAPS_US = 500_000;
/** Arrivals so near to the last one that is known have no spans after them to be told apart by. */
const END_US = 1_000_000;

export interface LostStageOptions {
  readonly entry: string;
  /** Seconds from a trace's first span to the decision. */
  readonly decisionWaitS: number;
  /** Size of the backend's ring of traces; undefined when it has no limit. */
  readonly maxTraces: number | undefined;
  /** The stages at which policies of which nobody can tell what they decide may have lost it. */
  readonly unpredicted: readonly LossStage[];
  /** Whether the archive's search left out traces that were not asked for by their ids. */
  readonly searchLeftOut: boolean;
}

/**
 * An SQL expression: the LossAttribution of a row that is promised and not whole, else NULL. What the trace itself proves
 * comes first and stands alone: nothing of it came, or the configuration drops it. Else each cause that was at work at
 * the trace's own time is named; of several nobody can tell which it was.
 *
 * Needs the tables losses, outages, prediction and missing_spans; `judged` has, beside the columns of fate, status,
 * answered_us, start_us, end_us, entry_us, first_us and last_us (see arrivals.ts).
 */
export function lostStageSql({
  entry,
  decisionWaitS,
  maxTraces,
  searchLeftOut,
  unpredicted,
}: LostStageOptions): string {
  const wait = Math.round(decisionWaitS * 1e6);
  const rose = (kind: LossKind, fromUs: string, untilUs: string) =>
    `EXISTS (SELECT 1 FROM losses WHERE losses.kind = '${kind}'
               AND losses.until_us >= ${fromUs} AND losses.from_us <= ${untilUs})`;
  const decision = `judged.start_us + ${wait}`;
  const atDecision = (kind: LossKind) =>
    rose(kind, `${decision} - ${EARLIER_US}`, `${decision} + ${LATER_US}`);
  const fromDecision = (kind: LossKind) =>
    rose(kind, `${decision} - ${EARLIER_US}`, `${decision} + ${RETRY_US}`);
  const out = (part: string, fromUs: string, untilUs: string) =>
    `EXISTS (SELECT 1 FROM outages WHERE outages.part = '${part}' AND outages.from_us BETWEEN ${fromUs} AND ${untilUs})`;
  const long = `judged.end_us - judged.start_us >= ${wait - EARLIER_US}`;
  const lastAfter = (us: number) => `coalesce(judged.last_us - judged.first_us >= ${wait + us}, false)`;
  // After the load nothing tells any more how late a span came; that one was late, the Collector says.
  const atTheEnd = `EXISTS (SELECT 1 FROM arrivals v WHERE v.trace_id = judged.trace_id AND v.is_ordered
                     AND v.last_us >= (SELECT max(w.last_us) FROM arrivals w) - ${END_US})`;
  const counted = fromDecision('late');
  const late = `${counted} AND (judged.observed = 'part' OR ${long} OR ${lastAfter(LATE_PERHAPS_US)} OR ${atTheEnd})`;
  const outlasted = `coalesce(judged.entry_us >= ${wait}, false)`;
  // Not that it may have been decided on by a part of it: what tells of that is below.
  const isUnpredicted = `judged.predicted = 'unknown' AND NOT (${long} AND ${counted})`;
  const candidates: readonly Candidate[] = [
    ...unpredicted.map((stage): Candidate => [stage, isUnpredicted]),
    // Held from its first span until it was handed on: whoever ended the Collector in between took it along.
    ['lost-in-crash', out('collector', 'judged.first_us', `judged.first_us + ${wait + HANDED_ON_US}`)],
    ['evicted-before-decision', atDecision('evicted')],
    ['policy-evaluation-failed', atDecision('policy-failed')],
    ['decided-on-part', `${late} AND ${outlasted}`],
    ['late-spans', `${late} AND NOT ${outlasted}`],
    // The sampler counts a late span only while it remembers the trace.
    ['late-after-forgotten', `NOT ${counted} AND ${lastAfter(LATE_FOR_SURE_US)}`],
    ['exporter-queue-full', fromDecision('exporter-queue-full')],
    ['export-failed', fromDecision('export-failed')],
    [
      'evicted-by-archive',
      `judged.observed = 'absent' AND (${ringPassed(maxTraces)} OR ${out('jaeger', 'judged.first_us', `${Number.MAX_SAFE_INTEGER}`)})`,
    ],
  ];
  const otherwise = searchLeftOut ? 'beyond-search-limit' : 'unexplained';
  return `CASE
      WHEN observed = 'whole' OR promised_kept IS NOT TRUE THEN NULL
      -- It reached the Collector, since the archive has it: the recording alone lacks it.
      WHEN recorded_spans = 0 AND archived_spans > 0 THEN 'unexplained'
      WHEN recorded_spans = 0 OR (status > 0 AND entry_us IS NULL)
        THEN ${sdkStageSql(literal(entry), 'judged.answered_us')}
      WHEN predicted = 'drop' AND policy IS NOT NULL THEN 'drop-policy-won'
      -- A span that is not recorded may be the one by which it would have been kept.
      WHEN predicted = 'drop' THEN coalesce(
        (SELECT min(m.lost_stage) FROM missing_spans m WHERE m.trace_id = judged.trace_id), 'no-policy-keeps-it')
      ELSE ${stagesSql(candidates, otherwise)} END`;
}

/** The ring evicts the oldest: more traces were decided to be kept than it holds, and this one is as old as those. */
function ringPassed(maxTraces: number | undefined): string {
  if (maxTraces === undefined) return 'false';
  return `(SELECT count(*) FROM prediction WHERE predicted = 'keep') > ${maxTraces}
        AND judged.start_us <= coalesce((SELECT min(start_us) FROM archive), judged.start_us) + ${LATER_US}`;
}
