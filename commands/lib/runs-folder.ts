import { join, resolve } from 'node:path';
import { messageOf, UserError } from '../../harness/errors.ts';
import { makeFolder } from '../../harness/make-folder.ts';

/** `2026-11-25T12-00-00`: an instant as the names of runs and of their folders have it. */
export function timestamp(at = new Date()): string {
  return at.toISOString().slice(0, 19).replaceAll(':', '-');
}

/** Where a command that makes several runs puts them: where it is told to, else `runs/<time>-<command>`. */
export function runsFolder(out: string | undefined, command: string): string {
  return resolve(out ?? join('runs', `${timestamp()}-${command}`));
}

/** @throws UserError when it cannot be made */
export async function makeRunsFolder(folder: string): Promise<void> {
  await makeFolder(folder).catch((error: unknown) => {
    throw new UserError(
      `the folder ${folder} cannot be made: ${messageOf(error)}. Choose another with --out.`,
    );
  });
}
