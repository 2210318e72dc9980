#!/usr/bin/env node
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import type { CommandFile } from './commands/lib/command-file.ts';
import { EXIT_CODES } from './commands/lib/exit-codes.ts';
import { failure } from './commands/lib/failure.ts';
import { EXIT, isErrorCode } from './harness/errors.ts';
import { readVersion } from './harness/provenance.ts';
import { Registry } from './harness/registry.ts';

/** Runs the command line to its end; never throws. Resolves to the exit code (see harness/errors.ts). */
async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.pass;
  const program = new Command('chaoscope')
    .description('Breaks a system under load, then accounts for every request and every trace.')
    .version(readVersion(), '--version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(add --help to see what is allowed)')
    .addHelpText('after', EXIT_CODES);
  program.configureOutput({
    outputError: (text, write) => {
      const known = program.commands.map((command) => command.name()).join(', ');
      write(text.replace(/^error: /, 'chaoscope: '));
      if (text.startsWith('error: unknown command')) write(`There are: ${known}.\n`);
    },
  });
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
    const { text, exitCode } = failure(error);
    process.stderr.write(text);
    return exitCode;
  }
}

// Whoever reads no further, as `head` does, ends neither a run nor this process with a stack trace.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if (!isErrorCode(error, 'EPIPE')) throw error;
  });
process.exitCode = await main(process.argv);
