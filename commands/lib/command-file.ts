import type { Command } from 'commander';

/** What a file of commands/ exports by default: it adds itself to the program; `done` takes its exit code (default 0). */
export type CommandFile = (program: Command, done: (exitCode: number) => void) => void;
