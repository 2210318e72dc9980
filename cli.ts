#!/usr/bin/env node
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import type { CommandFile } from './commands/lib/command-file.ts';
import { EXIT, messageOf, UserError } from './harness/errors.ts';
import { Registry } from './harness/registry.ts';
import { PartError } from './harness/stack/part-error.ts';

/** Runs the command line to its end; never throws. Resolves to the exit code (see harness/errors.ts). */
async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.pass;
  const program = new Command('chaoscope')
    .description('Breaks a system under load, then accounts for every request and every trace.')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'chaoscope: ')) })
    .showHelpAfterError('(add --help to see what is allowed)');
  const commands = new Registry<CommandFile>(join(import.meta.dirname, 'commands'), 'command');
  for (const id of await commands.ids()) {
    const add = await commands.get(id);
    add(program, (code) => {
      exitCode = code;
    });
  }
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage;
    // A part that does not come up, mostly for a setting that it refuses: its log tail says more than our stack trace.
    if (error instanceof UserError || error instanceof PartError) {
      process.stderr.write(`chaoscope: ${error.message}\n`);
      return EXIT.usage;
    }
    // Not the user's fault: a defect of chaoscope, so the stack trace is what its developers need.
    process.stderr.write(
      `chaoscope: internal error: ${messageOf(error)}\n${error instanceof Error ? error.stack : ''}\n`,
    );
    return EXIT.inconclusive;
  }
}

process.exitCode = await main(process.argv);
