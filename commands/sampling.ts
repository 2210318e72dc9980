import type { System } from '../harness/contracts.ts';
import { EXIT } from '../harness/errors.ts';
import shop from '../services/system.ts';
import type { CommandFile } from './lib/command-file.ts';
import { addDesign } from './lib/sampling-design-command.ts';
import { lintFile } from './lib/sampling-lint.ts';
import {
  addSamplingOptions,
  expectationsOf,
  type SamplingOptions,
  variablesOf,
} from './lib/sampling-options.ts';
import { addReplay } from './lib/sampling-replay-command.ts';
import { samplingText } from './lib/sampling-text.ts';

/** `chaoscope sampling lint | design | replay`: a Collector configuration judged, laid out, and tried on recorded traffic. */
const sampling: CommandFile = (program, done) => {
  const group = program.command('sampling').description('judge, lay out and try the sampling of traces');
  addSamplingOptions(
    group
      .command('lint')
      .description('say what a Collector configuration would do against what was promised')
      .argument('<file>', 'a Collector configuration, such as config/collector.yaml'),
  ).action(async (file: string, options: SamplingOptions) => {
    const system: System = shop;
    const result = await lintFile(file, expectationsOf(options, system), variablesOf(options.env));
    const width = Math.min(process.stdout.columns ?? 120, 120);
    process.stdout.write(
      options.json ? `${JSON.stringify({ schema: 1, ...result }, null, 2)}\n` : samplingText(result, width),
    );
    done(result.findings.some(({ severity }) => severity === 'error') ? EXIT.fail : EXIT.pass);
  });
  addDesign(group, done);
  addReplay(group, done);
};

export default sampling;
