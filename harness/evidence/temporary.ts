/** Folders into which a database spills what exceeds its memory; none outlives its use. */
import { accessSync, constants, existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVIDENCE_PREFIX } from '../temporary-names.ts';

/** Before the pid of the process that uses the folder, by which the next one knows whether it is still in use. */
const PREFIX = '.tmp-';

const inUse = new Set<string>();
let counter = 0;

/**
 * The path of a new temporary folder in `<runFolder>/evidence/`. It is not made: the database makes it when it first
 * spills. Folders that killed processes have left are removed, and so is this one when the process exits.
 */
export function temporaryFolder(runFolder: string): string {
  const evidence = join(runFolder, 'evidence');
  // The system's temporary folder where nothing can be written in the run's.
  const [parent, prefix] = isWritable(evidence) ? [evidence, PREFIX] : [tmpdir(), EVIDENCE_PREFIX];
  sweep(parent, prefix);
  counter += 1;
  const folder = join(parent, `${prefix}${process.pid}-${counter}`);
  if (inUse.size === 0) process.on('exit', removeAll);
  inUse.add(folder);
  return folder;
}

export function removeTemporary(folder: string): void {
  inUse.delete(folder);
  if (inUse.size === 0) process.off('exit', removeAll);
  rmSync(folder, { recursive: true, force: true });
}

function removeAll(): void {
  for (const folder of inUse) rmSync(folder, { recursive: true, force: true });
}

function sweep(parent: string, prefix: string): void {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(prefix) ? /^(\d+)-\d+$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not permitted: it lives, and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
