import { isTailSampling, typeOf } from './lib/pipelines.ts';
import type { LintRule } from './lib/rule.ts';

/** The batch processor before the sampler: spans wait twice, and refusals do not reach the SDKs. */
const rule: LintRule = {
  id: 'batch-before-sampling',
  title: 'batch stands before tail_sampling',
  check({ ways }) {
    const steps = ways.flatMap(({ processors }) => {
      const sampler = processors.findIndex(isTailSampling);
      return processors.slice(0, Math.max(0, sampler)).filter(({ id }) => typeOf(id) === 'batch');
    });
    return [...new Set(steps)].map(({ id, line, pipeline }) => ({
      severity: 'warning',
      line,
      what: `pipeline ${pipeline} has ${id} before tail_sampling`,
      consequence:
        'Batches are made of all spans, only to be taken apart by the sampler, and spans come later to their decision. The SDKs are told that spans are safe before they are, so that what is refused behind the batch is lost instead of sent again.',
      effect: null,
      remedy: 'Behind the sampler, where there is less to batch:',
      yaml: `processors: [memory_limiter, tail_sampling, ${id}]`,
    }));
  },
};

export default rule;
