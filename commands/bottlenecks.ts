import { bottlenecksOf, type Choice } from './lib/bottlenecks-input.ts';
import { bottlenecksText } from './lib/bottlenecks-text.ts';
import type { CommandFile } from './lib/command-file.ts';
import { untilSignal } from './lib/until-signal.ts';

interface Options extends Choice {
  readonly json?: true;
}

/** `chaoscope bottlenecks RUN | TRACE.json`: where the time goes, what to do, and what that would save. */
const bottlenecks: CommandFile = (program) => {
  program
    .command('bottlenecks')
    .description('say where the time of traces goes, what to do about it, and what that would save')
    .argument(
      '<input>',
      'a folder of runs/, or a file: OTLP JSON, Jaeger API v3 JSON, a download of the Jaeger UI',
    )
    .option('--route <name>', 'only this route of the run, or this name of the root span')
    .option('--phase <name>', 'only requests of this phase of the run')
    .option('--json', 'print JSON')
    .action(async (input: string, { json, ...choice }: Options) => {
      const report = await untilSignal(() => bottlenecksOf(input, choice));
      const width = Math.min(process.stdout.columns ?? 120, 120);
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : bottlenecksText(report, width));
    });
};

export default bottlenecks;
