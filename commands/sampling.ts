import type { System } from '../harness/contracts.ts';
import { EXIT } from '../harness/errors.ts';
import shop from '../services/system.ts';
import type { CommandFile } from './lib/command-file.ts';
import { addDesign } from './lib/sampling/design-command.ts';
import { lintFile } from './lib/sampling/lint.ts';
import {
  addLintOptions,
  expectationsOf,
  type LintOptions,
  variablesOf,
} from './lib/sampling/lint-options.ts';
import { samplingText } from './lib/sampling/lint-text.ts';
import { addReplay } from './lib/sampling/replay-command.ts';
import { proseWidth } from './lib/width.ts';

/** `chaoscope sampling lint | design | replay`: a Collector configuration judged, laid out, and tried on recorded traffic. */
const sampling: CommandFile = (program, done) => {
  const group = program.command('sampling').description('judge, lay out and try the sampling of traces');
  addLintOptions(
    group
      .command('lint')
      .description('say what a Collector configuration would do against what was promised')
      .argument('<file>', 'a Collector configuration, such as config/collector.yaml'),
  ).action(async (file: string, options: LintOptions) => {
    const system: System = shop;
    const result = await lintFile(file, expectationsOf(options, system), variablesOf(options.env));
    const width = proseWidth();
    process.stdout.write(
      options.json ? `${JSON.stringify({ schema: 1, ...result }, null, 2)}\n` : samplingText(result, width),
    );
    done(result.findings.some(({ severity }) => severity === 'error') ? EXIT.fail : EXIT.pass);
  });
  addDesign(group, done);
  addReplay(group, done);
};

export default sampling;
