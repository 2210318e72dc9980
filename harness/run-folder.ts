import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { RunRecord } from './contracts.ts';
import { messageOf, UserError } from './errors.ts';
import { runSchema } from './run-schema.ts';

const RECORD = 'run.json';

/** Makes a run's folder with its parts; a UserError when it is there already and not empty of runs. */
export async function createRunFolder(folder: string): Promise<void> {
  if (await exists(join(folder, RECORD)))
    throw new UserError(`${folder} already holds a run. Choose another folder with --out, or remove it.`);
  try {
    for (const part of ['evidence', 'logs', 'configuration'])
      await mkdir(join(folder, part), { recursive: true });
  } catch (error) {
    throw new UserError(
      `the run folder ${folder} cannot be made: ${messageOf(error)}. Choose another with --out.`,
    );
  }
}

export async function writeRunRecord(folder: string, run: RunRecord): Promise<void> {
  await writeFile(join(folder, RECORD), `${JSON.stringify(run, null, 2)}\n`);
}

/** The record of a finished run; a UserError when the folder holds none or it cannot be read. */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const file = join(resolve(folder), RECORD);
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
