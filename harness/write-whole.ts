import { rename, writeFile } from 'node:fs/promises';

/** Writes a file whole or not at all: who reads it meanwhile, or after this process was killed, never finds a part of it. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  await writeFile(part, text);
  await rename(part, file);
}
