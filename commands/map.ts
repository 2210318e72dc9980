import { writeFile } from 'node:fs/promises';
import { Option } from 'commander';
import type { ServiceMap } from '../analysis/service-map/map.ts';
import { mapSchema } from '../analysis/service-map/schema.ts';
import { serviceMap } from '../analysis/service-map/service-map.ts';
import { EXIT, messageOf, UserError } from '../harness/errors.ts';
import type { CommandFile } from './lib/command-file.ts';
import { mapMermaid } from './lib/map/mermaid.ts';
import { mapSvg } from './lib/map/svg.ts';
import { mapText } from './lib/map/text.ts';
import { path } from './lib/run-options.ts';
import { untilSignal } from './lib/until-signal.ts';
import { tableWidth } from './lib/width.ts';
import { withEvidence } from './lib/with-evidence.ts';

const FORMATS = {
  text: (map: ServiceMap, folder: string) => mapText(map, tableWidth(80), folder),
  json: (map: ServiceMap) => `${JSON.stringify(mapSchema.parse({ schema: 1, map }), null, 2)}\n`,
  mermaid: mapMermaid,
  svg: mapSvg,
} as const;

interface MapOptions {
  readonly format: keyof typeof FORMATS;
  readonly out?: string;
}

/** `chaoscope map RUN`: who calls whom as it was recorded, beside what the system declares. */
const map: CommandFile = (program, done) => {
  program
    .command('map')
    .description(
      'draw who calls whom in a run, with rates, errors and times; exit code 1 when a call is not declared',
    )
    .argument('<run>', 'a folder of runs/')
    .addOption(
      new Option('--format <format>', 'how to draw it').choices(Object.keys(FORMATS)).default('text'),
    )
    .option('--out <file>', 'write it to this file', path)
    .action(async (folder: string, { format, out }: MapOptions) => {
      const found = await untilSignal(() => withEvidence(folder, serviceMap));
      await put(FORMATS[format](found, folder), out);
      done(found.discrepancies.some(({ severity }) => severity === 'finding') ? EXIT.fail : EXIT.pass);
    });
};

async function put(text: string, out: string | undefined): Promise<void> {
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(out, text);
  } catch (error) {
    throw new UserError(`${out} cannot be written: ${messageOf(error)}. Choose another file with --out.`);
  }
}

export default map;
