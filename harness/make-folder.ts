import { constants } from 'node:fs';
import { access, mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isErrorCode } from './errors.ts';

/**
 * Makes a folder and the parents that it lacks, one after the other from the nearest that exists: Node's own recursive
 * mkdir tries for ever where a folder takes none, as /proc does. Rejects with an Error that says what is in the way.
 * @returns the folders that were made, the outermost first
 */
export async function makeFolder(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  let parent = resolve(path);
  for (; !(await isThere(parent)); parent = dirname(parent)) missing.unshift(parent);
  if (!(await stat(parent)).isDirectory()) throw new Error(`${parent} is no folder`);
  if (missing.length === 0) return [];
  await access(parent, constants.W_OK | constants.X_OK).catch(() => {
    throw new Error(`${parent} may not be written to`);
  });
  const made: string[] = [];
  for (const folder of missing) if (await makeOne(folder)) made.push(folder);
  return made;
}

/** Removes those of the folders that are empty, the innermost first. */
export async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) await rmdir(folder).catch(() => undefined);
}

/** False when somebody else has made it meanwhile. */
async function makeOne(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'EEXIST')) return false;
    if (isErrorCode(error, 'ENOENT')) throw new Error(`${dirname(folder)} takes no folders`);
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // A file among the parents: the walk upwards comes to it, and says so.
    if (isErrorCode(error, 'ENOENT') || isErrorCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}
