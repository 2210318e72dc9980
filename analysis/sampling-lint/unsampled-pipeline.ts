import { effectOf } from './lib/effect.ts';
import { isUnsampled, promisedTracesPerS, thinners } from './lib/estimate.ts';
import { type Step, typeOf, type Way } from './lib/pipelines.ts';
import type { Expectations, LintRule, Remark } from './lib/rule.ts';

/** A pipeline on which traces come to the backend, or are dropped, whatever the policies say. */
const rule: LintRule = {
  id: 'unsampled-pipeline',
  title: 'A pipeline passes traces on, or drops them, past tail_sampling',
  check({ ways }, expectations) {
    const isAnySampled = ways.some((way) => !isUnsampled(way));
    return ways.flatMap((way) => {
      const thinned = thinners(way);
      if (thinned.length > 0) return thinned.map(thinnerRemark);
      return isUnsampled(way) ? [bypassRemark(way, isAnySampled, expectations)] : [];
    });
  },
};

function bypassRemark({ pipelines }: Way, isAnySampled: boolean, expectations: Expectations): Remark {
  const surplus = expectations.ratePerS - promisedTracesPerS(expectations);
  return {
    severity: 'error',
    line: pipelines[0]?.line ?? 1,
    what: `pipeline ${pipelines.map(({ id }) => id).join(' -> ')} leads to the backend without tail_sampling`,
    consequence: isAnySampled
      ? 'It keeps 100 % of the traces, whatever the other pipeline drops.'
      : 'It keeps 100 % of the traces.',
    effect: effectOf('surplus', surplus, expectations),
    remedy: isAnySampled
      ? 'Take the exporter of the backend out of this pipeline, or put tail_sampling into it.'
      : 'Put tail_sampling into the pipeline, with a policy for each promise; config/collector.yaml is an example.',
  };
}

function thinnerRemark({ id, line, pipeline }: Step): Remark {
  const isSampler = typeOf(id) === 'probabilistic_sampler';
  return {
    severity: isSampler ? 'error' : 'warning',
    line,
    what: `pipeline ${pipeline} has ${id}, which drops spans without seeing their trace`,
    consequence: isSampler
      ? 'It drops errors and slow traces like all others, and no policy gets them back.'
      : 'What it drops was not looked at: it may take an error out of its trace.',
    effect: null,
    remedy: isSampler
      ? 'Take it out; a probabilistic policy of tail_sampling keeps the share of the rest.'
      : 'Prefer a drop policy, which decides on whole traces.',
  };
}

export default rule;
