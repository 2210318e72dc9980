import type { CommandFile } from './lib/command-file.ts';
import { prepareTools } from './lib/prepare-tools.ts';
import { untilStopped } from './lib/until-stopped.ts';

/** `chaoscope tools`: builds the pinned tools that are not in the cache yet, and says where they are. */
const tools: CommandFile = (program, done) => {
  program
    .command('tools')
    .description('build the pinned tools into the per-user cache (a run does so by itself)')
    .action(async () => {
      done(
        await untilStopped(async (signal) => {
          for (const [name, { path, version }] of Object.entries(await prepareTools(signal)))
            process.stdout.write(`${name} ${version}  ${path}\n`);
          return 0;
        }),
      );
    });
};

export default tools;
