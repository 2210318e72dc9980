import { pipelineScenario } from './lib/pipeline.ts';

/** At 150 requests a second some 1,500 traces wait for their decision. */
export default pipelineScenario({
  title: 'The sampler holds too few traces',
  hypothesis:
    'When the sampler holds fewer traces than come within its decision wait, it forgets those that it should keep, whatever the policies say, and counts them.',
  configuration: { collector: { 'processors.tail_sampling.num_traces': 300 } },
  losses: { stages: ['evicted-before-decision'], mayAlso: ['late-after-forgotten'] },
});
