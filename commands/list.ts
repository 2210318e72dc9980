import type { CommandFile } from './lib/command-file.ts';
import { assertions, faults, reports, scenarios } from './lib/things.ts';

/** `chaoscope list`: the scenarios, assertions, faults and reports that there are. */
const list: CommandFile = (program) => {
  program
    .command('list')
    .description('list scenarios, assertions, faults and reports')
    .action(async () => {
      const sections: (readonly [string, readonly (readonly [string, string])[]])[] = [
        ['scenarios', await described(scenarios, (scenario) => scenario.hypothesis)],
        ['assertions', await described(assertions, (assertion) => assertion.promise)],
        ['faults', await described(faults, (fault) => fault.description ?? '')],
        ['reports', await described(reports, (report) => report.fileName ?? 'terminal only')],
      ];
      for (const [title, rows] of sections) {
        const width = Math.max(...rows.map(([id]) => id.length));
        process.stdout.write(`${title}\n`);
        for (const [id, text] of rows) {
          const line = `  ${id.padEnd(width)}  ${text}`;
          process.stdout.write(`${line.trimEnd()}\n`);
        }
      }
    });
};

async function described<Thing>(
  registry: { ids(): Promise<readonly string[]>; get(id: string): Promise<Thing> },
  describe: (thing: Thing) => string,
): Promise<readonly (readonly [string, string])[]> {
  const ids = await registry.ids();
  return Promise.all(ids.map(async (id) => [id, describe(await registry.get(id))] as const));
}

export default list;
