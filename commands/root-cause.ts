import { rootCause } from '../analysis/root-cause/root-cause.ts';
import type { Source } from '../harness/contracts.ts';
import { UserError } from '../harness/errors.ts';
import type { CommandFile } from './lib/command-file.ts';
import { rootCauseText } from './lib/root-cause-text.ts';
import { untilSignal } from './lib/until-signal.ts';
import { tableWidth } from './lib/width.ts';
import { withEvidence } from './lib/with-evidence.ts';

interface RootCauseOptions {
  readonly archiveOnly: boolean;
  readonly json: boolean;
}

/** `chaoscope root-cause RUN`: which edge explains the trouble, from the spans alone; also from those that sampling kept. */
const command: CommandFile = (program) => {
  program
    .command('root-cause')
    .description(
      "rank the edges that explain a run's trouble from its spans alone: nothing of what was injected, where or when is looked at",
    )
    .argument('<run>', 'a folder of runs/')
    .option('--archive-only', 'only from what the tracing backend kept, as in production', false)
    .option('--json', 'print JSON', false)
    .action(async (folder: string, options: RootCauseOptions) => {
      const tables = options.archiveOnly ? (['archive'] as const) : (['recording', 'archive'] as const);
      const found = await untilSignal(() =>
        withEvidence(folder, async (evidence) => {
          const there = tables.filter((table: Source) => evidence.sources.has(table));
          if (there.length === 0)
            throw new UserError(`${folder} has no ${tables.join(' and no ')}: there are no spans to look at`);
          return Promise.all(there.map((table) => rootCause(evidence, table)));
        }),
      );
      if (options.json) {
        process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
        return;
      }
      const width = tableWidth(100);
      process.stdout.write(`${found.map((each) => rootCauseText(each, width)).join('\n\n')}\n`);
    });
};

export default command;
