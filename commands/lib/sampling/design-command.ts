import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { System } from '../../../harness/contracts.ts';
import { EXIT, isErrorCode, messageOf, UserError } from '../../../harness/errors.ts';
import shop from '../../../services/system.ts';
import { untilSignal } from '../until-signal.ts';
import { proseWidth } from '../width.ts';
import { type Design, designOf } from './design.ts';
import { addDesignOptions, type DesignOptions } from './design-options.ts';
import { designText } from './design-text.ts';
import { findingLines } from './lint-text.ts';
import { measureRun } from './measure.ts';

/** Adds `chaoscope sampling design [RUN]`: the strategy with its volumes, and the Collector configuration for it. */
export function addDesign(group: Command, done: (exitCode: number) => void): void {
  addDesignOptions(
    group
      .command('design')
      .description('lay out a sampling strategy: volumes, cost, and the Collector configuration for it')
      .argument('[run]', 'a folder of runs/, to measure shares and bytes, and to see what it really kept'),
  ).action(async (folder: string | undefined, options: DesignOptions) => {
    const system: System = shop;
    const measured = folder === undefined ? undefined : await untilSignal(() => measureRun(folder));
    const design = await designOf(options, system, measured);
    if (options.out !== undefined) await writeNew(options.out, design.yaml);
    process.stdout.write(
      options.json ? `${JSON.stringify({ schema: 1, ...design }, null, 2)}\n` : textOf(design, options),
    );
    done(design.findings.some(({ severity }) => severity === 'error') ? EXIT.fail : EXIT.pass);
  });
}

function textOf(design: Design, { out }: DesignOptions): string {
  const width = proseWidth();
  const file = out ?? 'the configuration';
  const findings = design.findings.flatMap((finding) => ['', ...findingLines(file, finding, width)]);
  const words = out === undefined ? 'Collector configuration' : `Collector configuration: written to ${out}`;
  const verdict = design.findings.length === 0 ? 'the lint has nothing against it' : 'the lint says of it:';
  return [
    designText(design, width),
    `${words}; ${verdict}`,
    ...findings,
    ...(out === undefined ? ['', design.yaml] : ['']),
  ].join('\n');
}

/** A UserError when there is something already: a configuration that is in use is not to be overwritten. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const why = isErrorCode(error, 'EEXIST')
      ? 'it exists already; remove it or name another file'
      : messageOf(error);
    throw new UserError(`--out ${file}: ${why}.`);
  }
}
