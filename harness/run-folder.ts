import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { RunRecord } from './contracts.ts';
import { messageOf, UserError } from './errors.ts';
import { makeFolder, removeEmpty } from './make-folder.ts';
import { runSchema } from './run-schema.ts';
import { writeWhole } from './write-whole.ts';

const RECORD = 'run.json';
const PARTS = ['evidence', 'logs', 'configuration'] as const;

/** A run's folder that was made for it. */
export interface RunFolder {
  /** Takes everything away again, the parents that were made with it included, for a run that was refused. */
  remove(): Promise<void>;
}

/**
 * Checks, without making anything, that a folder can become a run's: it is not there, or empty.
 * @throws UserError that says what lies there
 */
export async function checkRunFolder(folder: string): Promise<void> {
  if (await hasRunRecord(folder))
    throw new UserError(`${folder} already holds a run. Choose another folder with --out, or remove it.`);
  if ((await entriesOf(folder)).length > 0)
    throw new UserError(
      `${folder} is not empty and holds no run (an interrupted one leaves its logs). Choose another folder with --out, or remove it.`,
    );
}

/**
 * Makes a run's folder with its parts.
 * @throws UserError when it holds something already or cannot be made
 */
export async function createRunFolder(folder: string): Promise<RunFolder> {
  await checkRunFolder(folder);
  const made: string[] = [];
  try {
    made.push(...(await makeFolder(folder)));
    for (const part of PARTS) {
      await mkdir(join(folder, part));
      made.push(join(folder, part));
    }
  } catch (error) {
    await removeEmpty(made);
    throw new UserError(
      `the run folder ${folder} cannot be made: ${messageOf(error)}. Choose another with --out.`,
    );
  }
  return {
    remove: async () => {
      // It was empty, so all that lies in it is the run's.
      for (const entry of await entriesOf(folder)) await rm(join(folder, entry), { recursive: true });
      await removeEmpty(made);
    },
  };
}

export async function writeRunRecord(folder: string, run: RunRecord): Promise<void> {
  await writeWhole(join(folder, RECORD), `${JSON.stringify(run, null, 2)}\n`);
}

/** Whether a folder holds the record of a run, readable or not. */
export function hasRunRecord(folder: string): Promise<boolean> {
  return exists(join(folder, RECORD));
}

/** The record of a finished run; a UserError when the folder holds none or it cannot be read. */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const file = join(resolve(folder), RECORD);
  if (!(await exists(folder))) throw new UserError(`${folder} does not exist. Give the folder of a run.`);
  if (!(await exists(file)))
    throw new UserError(
      `${folder} is no run folder: it has no ${RECORD}. A run that was interrupted leaves logs only.`,
    );
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`);
  }
  const run = runSchema.safeParse(content);
  if (run.success) return run.data;
  throw new UserError(
    `${file} is no record of a run that this version can read (it reads schema 1):\n${z.prettifyError(run.error)}`,
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** What lies in a folder; nothing when there is none. */
async function entriesOf(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
