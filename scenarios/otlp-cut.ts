import { down } from '../faults/down.ts';
import { pipelineScenario } from './lib/pipeline.ts';

/** Nobody takes telemetry for longer than an exporter of the services tries: 10 s. */
export default pipelineScenario({
  title: 'The way to the Collector is cut',
  hypothesis:
    'When no service can reach the Collector for longer than an exporter tries, the batches that were under way are given up, what was queued behind them arrives, each loss is counted by the SDK that made it, and the shop notices nothing.',
  faults: [{ on: 'services-to-collector', fault: down() }],
  losses: { stages: ['sdk-export-failed'], mayAlso: ['late-spans', 'late-after-forgotten'] },
});
