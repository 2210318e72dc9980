import { one, traceIds } from '../../analysis/lib/query.ts';
import type { Evidence, Finding, SamplingPromise } from '../../harness/contracts.ts';
import { describeLosses, lossFigures, type StageCount } from './loss.ts';
import { count, number } from './text.ts';

interface Counts {
  readonly total: number;
  readonly whole: number;
  readonly part: number;
  readonly absent: number;
  readonly unknown: number;
}

/**
 * Whether every trace to which a promise of 100 % applies is in the archive, whole. Over all phases, the warm-up
 * included: the promise does not say `when measured`.
 * @param promise one of 100 %
 * @param noun what such a trace is called: `error trace`
 */
export async function judgeKept(
  evidence: Evidence,
  promise: SamplingPromise,
  noun: string,
): Promise<Finding> {
  const counts = await one<Counts>(
    evidence,
    `SELECT count(*) FILTER (WHERE promise = $promise) AS total,
            count(*) FILTER (WHERE promise = $promise AND observed = 'whole') AS whole,
            count(*) FILTER (WHERE promise = $promise AND observed = 'part') AS part,
            count(*) FILTER (WHERE promise = $promise AND observed = 'absent') AS absent,
            count(*) FILTER (WHERE promised = 'unknown') AS unknown
     FROM fate`,
    { promise: promise.id },
  );
  const stages = await lossStages(evidence, promise.id);
  const common = {
    expected: `every one of ${count(counts.total, noun)} kept whole`,
    observed: describe(counts),
    figures: { ...counts, ...lossFigures(stages) },
    examples: await traceIds(
      evidence,
      `SELECT trace_id FROM fate WHERE promise = $promise AND observed <> 'whole' ORDER BY seq`,
      { promise: promise.id },
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

function lossStages(evidence: Evidence, promiseId: string): Promise<StageCount[]> {
  return evidence.query<StageCount>(
    `SELECT coalesce(lost_stage, 'unexplained') AS stage, count(*) AS count
     FROM fate WHERE promise = $promise AND observed <> 'whole'
     GROUP BY stage ORDER BY count DESC, stage`,
    { promise: promiseId },
  );
}

function describe({ whole, part, absent }: Counts): string {
  const lost = [part > 0 ? `${number(part)} in part` : '', absent > 0 ? `${number(absent)} absent` : ''];
  return [`${number(whole)} kept whole`, ...lost.filter((text) => text !== '')].join(', ');
}
