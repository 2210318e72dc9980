import type { CommandFile } from './lib/command-file.ts';
import { untilSignal } from './lib/until-signal.ts';
import { judgeFolder, showReport } from './lib/verdict.ts';

/** `chaoscope judge RUN`: the verdict on a run's folder once more, offline; the folder is not changed. */
const judgeCommand: CommandFile = (program, done) => {
  program
    .command('judge')
    .description('judge a run folder again, offline')
    .argument('<run>', 'a folder of runs/')
    .option('--report <id>', 'how to show the result', 'terminal')
    .action(async (folder: string, options: { readonly report: string }) => {
      const result = await untilSignal(() => judgeFolder(folder));
      await showReport(result, options.report);
      done(result.exitCode);
    });
};

export default judgeCommand;
