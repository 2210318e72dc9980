import { pipelineScenario } from './lib/pipeline.ts';

/** The limit is below what the Collector needs for ten seconds of traces, so its memory limiter refuses spans. */
export default pipelineScenario({
  title: 'The Collector has too little memory',
  hypothesis:
    'When the memory limit of the Collector is too low for the traces that wait in it, it refuses spans instead of dying, the SDKs give up what is refused too often, and the shop notices nothing.',
  configuration: {
    collector: { 'processors.memory_limiter.limit_mib': 18, 'processors.memory_limiter.spike_limit_mib': 4 },
  },
  losses: {
    stages: ['refused-by-collector'],
    mayAlso: ['late-spans', 'late-after-forgotten', 'sdk-export-failed'],
  },
});
