import { one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence, Finding } from '../../harness/contracts.ts';
import { describeLosses, lossFigures, type StageCount } from './loss.ts';
import { count, number } from './text.ts';

interface Counts {
  readonly total: number;
  readonly whole: number;
  readonly part: number;
  readonly absent: number;
  readonly unknown: number;
}

/** Traces that must be kept, as an SQL condition on a row of fate, with its parameters. */
export interface Selection {
  readonly where: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** What such a trace is called: `error trace`. */
  readonly noun: string;
}

/**
 * Whether every trace of a selection is in the archive, whole. Over all phases, the warm-up included: the promise does
 * not say `when measured`.
 */
export async function judgeKept(evidence: Evidence, selection: Selection): Promise<Finding> {
  const { where, parameters, noun } = selection;
  const counts = await one<Counts>(
    evidence,
    `SELECT count(*) FILTER (WHERE chosen) AS total,
            count(*) FILTER (WHERE chosen AND observed = 'whole') AS whole,
            count(*) FILTER (WHERE chosen AND observed = 'part') AS part,
            count(*) FILTER (WHERE chosen AND observed = 'absent') AS absent,
            count(*) FILTER (WHERE promised = 'unknown') AS unknown
     FROM (SELECT promised, observed, coalesce(${where}, false) AS chosen FROM fate)`,
    parameters,
  );
  const stages = await lossStages(evidence, selection);
  const common = {
    expected: `every one of ${count(counts.total, noun)} kept whole`,
    observed: describe(counts),
    figures: { ...counts, ...lossFigures(stages) },
    examples: await traceIds(
      evidence,
      `SELECT trace_id FROM fate WHERE ${where} AND observed <> 'whole' ORDER BY seq`,
      parameters,
    ),
  };
  const { settled } = evidence.run;
  const lost = counts.part + counts.absent;
  if (counts.total === 0) {
    return { verdict: 'inconclusive', ...common, because: `there was no ${noun}, so nothing was tested` };
  }
  if (!settled.ok) {
    return {
      verdict: 'inconclusive',
      ...common,
      because: `the archive was not stable when it was read (${settled.detail}), so absence proves nothing`,
    };
  }
  if (lost > 0) {
    return {
      verdict: 'fail',
      ...common,
      because: `${count(lost, noun)} lost: ${describeLosses(stages)}`,
    };
  }
  if (counts.unknown > 0) {
    return {
      verdict: 'inconclusive',
      ...common,
      because: `${count(counts.unknown, 'request')} left neither an answer nor a span, so the promise may have applied to them`,
    };
  }
  return { verdict: 'pass', ...common };
}

function lossStages(evidence: Evidence, { where, parameters }: Selection): Promise<StageCount[]> {
  return evidence.query<StageCount>(
    `SELECT coalesce(lost_stage, 'unexplained') AS stage, count(*) AS count
     FROM fate WHERE ${where} AND observed <> 'whole'
     GROUP BY stage ORDER BY count DESC, stage`,
    parameters,
  );
}

function describe({ whole, part, absent }: Counts): string {
  const lost = [part > 0 ? `${number(part)} in part` : '', absent > 0 ? `${number(absent)} absent` : ''];
  return [`${number(whole)} kept whole`, ...lost.filter((text) => text !== '')].join(', ');
}
